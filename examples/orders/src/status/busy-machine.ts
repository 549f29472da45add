import { availableParallelism, loadavg } from 'node:os'

/** As many programs again as there are processors that want to run: from here on each waits for others. */
const LOAD_PER_CORE = 1.5

/** `busy (load 11.2 on 2 cores): the figures suffer`, or `undefined` on a quiet one. */
export function busyMachine(
  load: number = loadavg()[0] ?? 0,
  cores: number = availableParallelism(),
): string | undefined {
  if (load < LOAD_PER_CORE * cores) return undefined
  return `busy (load ${load.toFixed(1)} on ${cores} cores): the figures suffer`
}
