import { setImmediate as nextTurn } from 'node:timers/promises'
import { seededRandom, type VirtualClock, virtualClock } from '@watertight/policy/testing'

/** Time that passes while the event loop turns, a millisecond each turn, for what has real sockets in it. */
export interface PassingTime extends Disposable {
  readonly clock: VirtualClock
  /** What comes of it, as time passes: limits that are waited out cost no real time, and a loaded machine has them all. */
  during<T>(work: Promise<T>): Promise<T>
}

export function passingTime(): PassingTime {
  const clock = virtualClock({ startMs: 1_000 })
  clock.install(seededRandom(1))
  return {
    clock,
    during: async (work) => {
      const over = work.then(
        () => true,
        () => true,
      )
      while (!(await Promise.race([over, Promise.resolve(false)]))) {
        await clock.advance(1)
        await nextTurn()
      }
      return await work
    },
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  }
}
