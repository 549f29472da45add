import type { ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { wrongWord } from '../program/wrong-word.js'
import { askRun } from './ask-run.js'
import type { RunCommandOptions } from './with-run.js'

/** Has so many replicas of a service run. */
export async function scaleRun(
  service: string,
  replicas: string,
  options: RunCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (!/^\d{1,9}$/.test(replicas))
    throw wrongWord(`cannot scale ${service}: replicas must be an integer from 1 to 100, got ${replicas}`)
  return await askRun((run) => run.scale(service, Number(replicas)), options, terminal)
}
