import type { Frame } from './frame.js'

/**
 * Keeps the slot of a call that is over for as long as runs of it go on, because capacity is running work: `release` is
 * called when the last of them ends. `abandonedBefore` is how many runs the call had given up before it got the slot.
 * `false` when none goes on: the slot is free now.
 */
export function holdSlot(frame: Frame, abandonedBefore: number, release: () => void): boolean {
  const running = frame.abandoned?.slice(abandonedBefore).filter((run) => !run.ended) ?? []
  let left = running.length
  const runEnded = (): void => {
    left -= 1
    if (left === 0) release()
  }
  for (const run of running) {
    const end = run.end.bind(run)
    // Nobody uses a run again that was given up.
    run.end = () => {
      end()
      runEnded()
    }
  }
  return left > 0
}
