import {
  checkReading,
  type ManifestReading,
  type Profile,
  type Report,
  type SystemModel,
} from '@watertight/manifest'
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
  return wholeSystem(reading) ?? refuse(reading, checkReading(reading), terminal)
}

/**
 * The same, for commands that enforce it: nor may it name what is not there. A call whose policy is misspelt would have none.
 *
 * @throws CommandError when the document cannot be read whole, or is wrong in itself.
 */
export async function requireEnforceable(
  given: string | undefined,
  terminal: Terminal,
  profile?: Profile,
): Promise<LoadedSystem> {
  const reading = await loadDocument(given, terminal, profile)
  const report = checkReading(reading)
  const isBroken = report.findings.some(({ code, severity }) => severity === 'error' && isWrongInItself(code))
  return (isBroken ? undefined : wholeSystem(reading)) ?? refuse(reading, report, terminal)
}

/** None where a part of the document cannot be read. */
function wholeSystem({ source, system, problems }: ManifestReading): LoadedSystem | undefined {
  return system === undefined || problems.length > 0 ? undefined : { ...system, source }
}

/**
 * Whether a finding is of the document and not of the system that it describes, which is for its reader to judge. Of ports, those
 * who take them tell.
 */
function isWrongInItself(code: string): boolean {
  return code.startsWith('WT-DOC-') && code !== 'WT-DOC-PORT-CLASH'
}

/** Tells what is wrong with a document. */
function refuse({ source, isManifest }: ManifestReading, report: Report, terminal: Terminal): never {
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
