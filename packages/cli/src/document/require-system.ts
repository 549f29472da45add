import { checkReading, type Profile, type SystemModel } from '@watertight/manifest'
import { type CallGraph, type ManifestSource, renderHuman } from '@watertight/manifest/tooling'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { loadDocument } from './load-document.js'

/** A document that was read whole. */
export interface LoadedSystem {
  readonly model: SystemModel
  readonly graph: CallGraph
  readonly source: ManifestSource
}

/**
 * The system that a document describes, for commands that need all of it. What is wrong with the document is told on
 * standard error.
 *
 * @throws CommandError when the document cannot be read whole.
 */
export async function requireSystem(
  given: string | undefined,
  terminal: Terminal,
  profile?: Profile,
): Promise<LoadedSystem> {
  const reading = await loadDocument(given, terminal, profile)
  const { source, system, problems, isManifest } = reading
  if (system !== undefined && problems.length === 0) return { ...system, source }
  const report = checkReading(reading)
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  const { columns, colours } = terminal.err
  terminal.err.write(
    renderHuman({ ...report, findings: errors }, { colour: colours.isColorSupported, width: columns }),
  )
  throw new CommandError(`cannot use ${source.file}: it has errors`, {
    code: 'WT_INVALID_MANIFEST',
    exitCode: isManifest ? EXIT.findings : EXIT.invalidManifest,
    hint: 'watertight check shows all of them',
  })
}
