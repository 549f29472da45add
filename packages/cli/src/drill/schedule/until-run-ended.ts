import type { ControlClient } from '@watertight/supervisor'

/** How often it looks whether the process of the run is there. */
const LOOK_MS = 200
/** Every so many looks it asks the run itself: its id may have gone to another process. */
const ASKED_EVERY = 10
/** A run that is too busy to answer still runs: it is gone when it has not answered so many times. */
const MISSES_MAX = 5

export interface EndedRunOptions {
  readonly run: Pick<ControlClient, 'isAlive'>
  /** The run that there is now, perhaps another one. */
  readonly find: () => Promise<Pick<ControlClient, 'isAlive'> | undefined>
  /** Resolves after so long, or when nobody waits any longer. */
  readonly pause: (ms: number) => Promise<unknown>
  readonly signal: AbortSignal
}

/** Resolves as soon as the process of a run has ended, and no other run has taken its place; or when nobody waits any longer. */
export async function untilRunEnded({ run: first, find, pause, signal }: EndedRunOptions): Promise<void> {
  let run = first
  let misses = 0
  for (let looks = 1; !signal.aborted && misses < MISSES_MAX; looks += 1) {
    await pause(LOOK_MS)
    if (signal.aborted || (run.isAlive && looks % ASKED_EVERY !== 0)) continue
    const found = await find()
    if (found === undefined && !run.isAlive) return
    misses = found === undefined ? misses + 1 : 0
    run = found ?? run
  }
}
