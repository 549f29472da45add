import type { Snapshot } from '@watertight/console'
import { type BreakerBefore, breakersBefore } from '../top/breakers-before.js'

/** Where a drill is: before anybody has noticed, then until the fault ends, then until all is well. */
export type DrillPhase = 'undetected' | 'detected' | 'recovered'

/**
 * Follows a drill by what the system tells of itself: it is detected once a circuit breaker before the target is not closed any
 * more, and recovered once, after the fault has ended, every one is closed and every process ready. Times count from the start of
 * the fault, and of its end.
 */
export class DrillWatch {
  phase: DrillPhase = 'undetected'
  detectedAfterMs: number | null = null
  recoveredAfterMs: number | null = null
  /** Who noticed it. */
  detectedBy: string | null = null
  readonly #target: string
  readonly #startedAtMs: number
  #endedAtMs: number | undefined

  constructor(target: string, startedAtMs: number) {
    this.#target = target
    this.#startedAtMs = startedAtMs
  }

  /** The fault is over. */
  faultEnded(nowMs: number): void {
    this.#endedAtMs = nowMs
  }

  look(snapshot: Snapshot, nowMs: number): void {
    const open = breakersBefore(snapshot, this.#target).filter(isOpen)
    if (this.detectedAfterMs === null && open.length > 0) {
      this.phase = 'detected'
      this.detectedAfterMs = nowMs - this.#startedAtMs
      this.detectedBy = open.map(({ from }) => from).join(', ')
    }
    if (this.#endedAtMs === undefined || this.recoveredAfterMs !== null) return
    if (obstacle(snapshot, this.#target) !== undefined) return
    this.phase = 'recovered'
    this.recoveredAfterMs = nowMs - this.#endedAtMs
  }
}

/** What speaks against a drill: what is not well already, it cannot tell from what it does itself. */
export function obstacle(snapshot: Snapshot, target: string): string | undefined {
  const breakers = breakersBefore(snapshot, target)
  if (breakers.length === 0) return `no circuit breaker before ${target} tells its state`
  const open = breakers.find(isOpen)
  if (open !== undefined) return `the breaker of ${open.from} before ${target} is not closed already`
  const away = snapshot.services.find(
    ({ replicas }) => replicas.known && replicas.value.some(({ state }) => state !== 'ready'),
  )
  return away === undefined ? undefined : `${away.name} is not ready`
}

function isOpen({ state }: BreakerBefore): boolean {
  return state === 'open' || state === 'half-open'
}
