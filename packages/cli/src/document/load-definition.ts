import { pathToFileURL } from 'node:url'
import type {
  DefinedSystem,
  InvalidSystemError,
  ManifestDocument,
  ManifestReading,
} from '@watertight/manifest'
import { readDocument } from '@watertight/manifest'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'

/**
 * Reads a system that a module defines with `defineSystem` and exports, as its default or under any name. The module
 * is run to find out.
 *
 * @throws CommandError when the module cannot be run or exports no system.
 */
export async function loadDefinition(path: string, shown: string): Promise<ManifestReading> {
  const exported = await importModule(path, shown)
  if (isInvalidSystem(exported)) return readDocument(exported.report.source.value as ManifestDocument, shown)
  const system = Object.values(exported).find(isSystem)
  if (system === undefined) {
    throw refusal(shown, 'it exports no system', 'export default defineSystem({ ... })')
  }
  return readDocument(system.document, shown)
}

async function importModule(path: string, shown: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (error) {
    if (isInvalidSystem(error)) return error as object as Record<string, unknown>
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      const hint = 'compile it and name the .js file, or use Node 22.18 or later'
      throw refusal(shown, `Node ${process.versions.node} does not run TypeScript`, hint, error)
    }
    throw refusal(shown, message.split('\n')[0] ?? '', undefined, error)
  }
}

// The module may have a copy of the library of its own, so that `instanceof` would not know the class.
function isInvalidSystem(value: unknown): value is InvalidSystemError {
  return value instanceof Error && 'code' in value && value.code === 'WT_INVALID_SYSTEM'
}

function isSystem(value: unknown): value is DefinedSystem {
  return typeof value === 'object' && value !== null && 'document' in value && 'report' in value
}

function refusal(shown: string, reason: string, hint?: string, cause?: unknown): CommandError {
  return new CommandError(`cannot read ${shown}: ${reason}`, {
    code: 'WT_UNREADABLE',
    exitCode: EXIT.invalidManifest,
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  })
}
