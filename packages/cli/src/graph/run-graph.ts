import { type GraphFormat, renderGraph } from '@watertight/manifest/tooling'
import { profileOf } from '../document/profile-of.js'
import { requireSystem } from '../document/require-system.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface GraphOptions {
  readonly format: GraphFormat
  readonly json?: boolean
  readonly profile?: string
}

/** Draws the call graph of a document. */
export async function runGraph(
  file: string | undefined,
  { format, json, profile }: GraphOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { model } = await requireSystem(file, terminal, profileOf(file, profile, terminal))
  terminal.out.write(renderGraph(model, json === true ? 'json' : format))
  return EXIT.ok
}
