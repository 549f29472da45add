import type { Snapshot } from '@watertight/console'

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
    const open = openBreakers(snapshot, this.#target)
    if (this.detectedAfterMs === null && open.length > 0) {
      this.phase = 'detected'
      this.detectedAfterMs = nowMs - this.#startedAtMs
      this.detectedBy = open.join(', ')
    }
    if (this.#endedAtMs === undefined || this.recoveredAfterMs !== null || !isWell(snapshot, this.#target))
      return
    this.phase = 'recovered'
    this.recoveredAfterMs = nowMs - this.#endedAtMs
  }
}

/** What speaks against a drill: what is not well already, it cannot tell from what it does itself. */
export function obstacle(snapshot: Snapshot, target: string): string | undefined {
  const { edges, services } = snapshot
  const breakers = edges.filter(
    ({ to, signals }) => to === target && signals.known && isBreaker(signals.value.breaker),
  )
  if (breakers.length === 0) return `no circuit breaker before ${target} tells its state`
  const [open] = openBreakers(snapshot, target)
  if (open !== undefined) return `the breaker of ${open} before ${target} is not closed already`
  const away = services.find(
    ({ replicas }) => replicas.known && replicas.value.some(({ state }) => state !== 'ready'),
  )
  return away === undefined ? undefined : `${away.name} is not ready`
}

/** Those who call the target whose breaker is not closed. */
function openBreakers({ edges }: Snapshot, target: string): string[] {
  return edges.flatMap(({ from, to, signals }) => {
    const breaker = to === target && signals.known ? signals.value.breaker : null
    return breaker === 'open' || breaker === 'half-open' ? [from] : []
  })
}

function isWell(snapshot: Snapshot, target: string): boolean {
  return obstacle(snapshot, target) === undefined
}

function isBreaker(state: string | null): boolean {
  return state !== null && state !== 'none'
}
