import { gunzipSync, gzipSync } from 'node:zlib'
import type { HistoryPage, Snapshot } from '../model/snapshot.js'

interface Step {
  readonly at: number
  readonly packed: Buffer
}

/** More steps than this are not in one answer. */
const STEPS_MAX = 120

export interface HistoryLimits {
  readonly lengthMs: number
  readonly stepMs: number
  readonly bytesMax: number
}

/** The snapshots of the last minutes, one a step, packed; the oldest go when there are too many, or they are too much. */
export class History {
  readonly #limits: HistoryLimits
  readonly #steps: Step[] = []
  #bytes = 0

  constructor(limits: HistoryLimits) {
    this.#limits = limits
  }

  /** What can be replayed. */
  get range(): Snapshot['history'] {
    const { stepMs } = this.#limits
    return { from: this.#steps[0]?.at ?? 0, to: this.#steps.at(-1)?.at ?? 0, stepMs }
  }

  get bytes(): number {
    return this.#bytes
  }

  add(snapshot: Snapshot): void {
    const { lengthMs, bytesMax } = this.#limits
    const packed = gzipSync(JSON.stringify(snapshot), { level: 1 })
    this.#steps.push({ at: snapshot.at, packed })
    this.#bytes += packed.length
    while (
      this.#steps.length > 1 &&
      (this.#bytes > bytesMax || (this.#steps[0] as Step).at < snapshot.at - lengthMs)
    )
      this.#bytes -= (this.#steps.shift() as Step).packed.length
  }

  /** Those of a time, both ends included. */
  page(from: number, to: number): HistoryPage {
    const asked = this.#steps.filter(({ at }) => at >= from && at <= to)
    return {
      steps: asked.slice(0, STEPS_MAX).map(unpacked),
      next: asked[STEPS_MAX]?.at ?? null,
    }
  }
}

function unpacked({ packed }: Step): Snapshot {
  return JSON.parse(gunzipSync(packed).toString()) as Snapshot
}
