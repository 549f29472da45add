import type { Faults, FaultRule } from '@watertight/traffic'
import { z } from 'zod'

/** What `POST /faults` takes: bounded, so that a slip of the finger cannot break a service for a day. */
export const faultPlanSchema = z.strictObject({
  latencyMs: z.number().min(0).max(60_000).default(0),
  errorRate: z.number().min(0).max(1).default(0),
  forSeconds: z.number().positive().max(3_600),
})

/** A fault to inject: added latency, a share (0..1) of failing requests, and how long it lasts. */
export type FaultPlan = z.infer<typeof faultPlanSchema>

/**
 * The rules of a plan. A failing request fails before or after its work is done, with equal chance: a real failure does
 * not say whether the work was done either.
 */
export function rulesOf({ latencyMs, errorRate, forSeconds }: FaultPlan): FaultRule[] {
  const forMs = forSeconds * 1_000
  return [
    ...(latencyMs > 0 ? [{ delay: latencyMs, forMs }] : []),
    ...(errorRate > 0 ? [{ share: errorRate, end: 500, when: 'either' as const, forMs }] : []),
  ]
}

/** The plan in force with the seconds it has left, or `undefined`. */
export function planInForce(faults: Faults, now: number): FaultPlan | undefined {
  const inForce = faults.inForce(now)
  const [first] = inForce
  if (first === undefined) return undefined
  const rules = inForce.map(({ rule }) => rule)
  return {
    latencyMs: rules.reduce((sum, { delay }) => sum + (typeof delay === 'number' ? delay : 0), 0),
    errorRate: rules.find(({ end }) => end !== undefined)?.share ?? 0,
    forSeconds: Math.ceil(first.leftMs / 1_000),
  }
}
