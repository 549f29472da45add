import type { Run, RunEnd } from './run.js'
import type { Frame } from './frame.js'

/** Whoever granted a slot and takes it back. */
export interface SlotOwner {
  release(): void
}

/**
 * Keeps the slot of a call that is over for as long as runs of it go on, because capacity is running work.
 * `abandonedBefore` is how many runs the call had given up before it got the slot. `false` when none goes on: the
 * slot is free now.
 */
export function holdSlot(frame: Frame, abandonedBefore: number, owner: SlotOwner): boolean {
  const running = frame.abandoned?.slice(abandonedBefore).filter((run) => !run.ended) ?? []
  if (running.length > 0) new HeldSlot(owner, running)
  return running.length > 0
}

/** The slot of a call whose caller has gone while its runs go on: freed when the last of them ends. */
class HeldSlot implements RunEnd {
  readonly #owner: SlotOwner
  #running: number

  constructor(owner: SlotOwner, running: readonly Run[]) {
    this.#owner = owner
    this.#running = running.length
    for (const run of running) (run.ends ??= []).push(this)
  }

  runEnded(): void {
    this.#running -= 1
    if (this.#running === 0) this.#owner.release()
  }
}
