import { z } from 'zod'

/** What `POST /faults` takes: bounded, so that a slip of the finger cannot break a service for a day. */
export const faultPlanSchema = z.strictObject({
  latencyMs: z.number().min(0).max(60_000).default(0),
  errorRate: z.number().min(0).max(1).default(0),
  forSeconds: z.number().positive().max(3_600),
})

/** A fault to inject: added latency, a share (0..1) of failing requests, and how long it lasts. */
export type FaultPlan = z.infer<typeof faultPlanSchema>

/** What happens to one request. */
export interface Strike {
  readonly latencyMs: number
  readonly fails: 'before' | 'after' | 'never'
}

/**
 * Faults for one service, for development only. A failing request fails before or after its work is done with
 * equal chance: a real failure does not say whether the work was done either.
 */
export class Faults {
  readonly #now: () => number
  readonly #random: () => number
  #plan: FaultPlan | undefined
  #endsAtMs = 0

  constructor(now: () => number = () => performance.now(), random: () => number = Math.random) {
    this.#now = now
    this.#random = random
  }

  inject(plan: FaultPlan): void {
    this.#plan = plan
    this.#endsAtMs = this.#now() + plan.forSeconds * 1_000
  }

  clear(): void {
    this.#plan = undefined
  }

  /** The plan in force with the seconds it has left, or `undefined`. */
  current(): FaultPlan | undefined {
    const leftMs = this.#endsAtMs - this.#now()
    if (this.#plan === undefined || leftMs <= 0) return undefined
    return { ...this.#plan, forSeconds: Math.ceil(leftMs / 1_000) }
  }

  strike(): Strike {
    const plan = this.current()
    if (plan === undefined) return { latencyMs: 0, fails: 'never' }
    if (this.#random() >= plan.errorRate) return { latencyMs: plan.latencyMs, fails: 'never' }
    return { latencyMs: plan.latencyMs, fails: this.#random() < 0.5 ? 'before' : 'after' }
  }
}
