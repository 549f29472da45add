import type { DrillPlan } from './drill-plan.js'
import { noticedBy, noticedSince, type Sight, troubleOf } from './trouble.js'

/** Where a drill is: before anybody has noticed, then until all is well again. */
export type DrillPhase = 'undetected' | 'detected' | 'recovered'

/**
 * Follows a drill by what the system tells of itself: it is detected once somebody in the system notices (a circuit breaker before
 * the target is not closed any more, the watched place does not answer 200, or, where no fault strikes calls, a process is gone), and
 * recovered once, after the end of the fault, nothing is wrong any more. Times count from the start of the fault, and of its end; a
 * fault that nobody ends but the system itself has its end where it began.
 */
export class DrillWatch {
  phase: DrillPhase = 'undetected'
  detectedAfterMs: number | null = null
  recoveredAfterMs: number | null = null
  /** Who noticed it. */
  detectedBy: string | null = null
  readonly startedAtMs: number
  readonly #startedAt: number
  readonly #plan: DrillPlan
  #endedAtMs: number | undefined
  #healsItself = false

  /** `startedAt` is when the fault struck, in milliseconds since 1970, and `startedAtMs` the same as `performance.now()` counts. */
  constructor(
    plan: DrillPlan,
    { startedAt, startedAtMs }: { readonly startedAt: number; readonly startedAtMs: number },
  ) {
    this.#plan = plan
    this.#startedAt = startedAt
    this.startedAtMs = startedAtMs
  }

  /** When the fault ended; undefined while it goes on. */
  get endedAtMs(): number | undefined {
    return this.#endedAtMs
  }

  /** The fault is over. */
  faultEnded(nowMs: number): void {
    this.#endedAtMs = nowMs
  }

  /** Nothing ends it but the system: that takes from when it struck. */
  leftToHeal(): void {
    this.#healsItself = true
    this.#endedAtMs = this.startedAtMs
  }

  look(sight: Sight, nowMs: number): void {
    if (this.detectedAfterMs === null) this.#detect(sight, nowMs)
    if (this.#endedAtMs === undefined || this.recoveredAfterMs !== null) return
    // What nobody has noticed yet may be about to show itself.
    if (this.#healsItself && this.detectedAfterMs === null && !this.#isLate(nowMs)) return
    if (troubleOf(this.#plan, sight) !== undefined) return
    this.phase = 'recovered'
    this.recoveredAfterMs = nowMs - this.#endedAtMs
  }

  #detect(sight: Sight, nowMs: number): void {
    const noticed = noticedSince(this.#plan, sight.snapshot, this.#startedAt)
    const by = noticed?.by ?? noticedBy(this.#plan, sight)
    if (by === undefined) return
    this.phase = 'detected'
    this.detectedAfterMs = noticed === undefined ? nowMs - this.startedAtMs : noticed.at - this.#startedAt
    this.detectedBy = by
  }

  #isLate(nowMs: number): boolean {
    return nowMs - this.startedAtMs > this.#plan.detectMs
  }
}
