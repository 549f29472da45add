import type { HistoryPage, Snapshot } from '../../model/snapshot.js'

const STEPS_MAX = 240

export type AskHistory = (from: number, to: number) => Promise<HistoryPage>

/**
 * The snapshots of the last minutes as they are asked for, a stretch at a time, so that playing does not ask for each. What
 * is over is the same for ever, so what was answered is kept; of the oldest, no more than memory bears.
 */
export class Tape {
  readonly #ask: AskHistory
  readonly #stretchMs: number
  readonly #steps = new Map<number, Snapshot>()

  constructor(askHistory: AskHistory, stretchMs = 20_000) {
    this.#ask = askHistory
    this.#stretchMs = stretchMs
  }

  /** The latest snapshot that is not after the moment; the first of all where the moment is before it; null when nothing is kept. */
  async at(moment: number, stepMs: number): Promise<Snapshot | null> {
    const kept = this.#find(moment, stepMs)
    if (kept !== null) return kept
    const { steps } = await this.#ask(moment - stepMs * 2, moment + this.#stretchMs)
    for (const step of steps) this.#steps.set(step.at, step)
    for (const at of [...this.#steps.keys()].slice(0, Math.max(0, this.#steps.size - STEPS_MAX)))
      this.#steps.delete(at)
    return this.#find(moment, stepMs) ?? before(steps, moment) ?? steps[0] ?? null
  }

  #find(moment: number, stepMs: number): Snapshot | null {
    const found = before([...this.#steps.values()], moment)
    // One that is further back than a step and a half has later ones that were not asked for yet.
    return found !== null && moment - found.at < stepMs * 1.5 ? found : null
  }
}

function before(steps: readonly Snapshot[], moment: number): Snapshot | null {
  let best: Snapshot | null = null
  for (const step of steps) if (step.at <= moment && (best === null || step.at > best.at)) best = step
  return best
}
