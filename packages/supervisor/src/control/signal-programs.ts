import type { ProgramStatus } from '../system/program-status.js'
import { UnknownProgramError } from '../system/unknown-program-error.js'

/** What may be sent to a program from outside: a crash, a freeze, and the end of the freeze. */
const SIGNALS = ['SIGKILL', 'SIGSTOP', 'SIGCONT'] as const

export type ProgramSignal = (typeof SIGNALS)[number]

/**
 * Sends a signal to the program of this name, or to all processes of the service of this name, with all that they have started.
 *
 * @throws {@link UnknownProgramError} when there is none of that name
 */
export function signalPrograms(programs: readonly ProgramStatus[], name: string, signal: string): void {
  const known = SIGNALS.find((one) => one === signal)
  if (known === undefined)
    throw new RangeError(
      `cannot signal ${name}: the signal must be one of ${SIGNALS.join(', ')}, got ${signal}`,
    )
  const named = programs.filter((program) => program.name === name)
  const meant =
    named.length > 0 ? named : programs.filter(({ kind, service }) => kind === 'service' && service === name)
  if (meant.length === 0)
    throw new UnknownProgramError('signal', name, [...new Set(programs.map((program) => program.name))])
  // Each program is a group of processes of its own.
  for (const { pid } of meant) if (pid !== null) process.kill(-pid, known)
}
