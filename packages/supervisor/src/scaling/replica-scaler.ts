/** How far from the target the use may be before anything is done about it. */
const TOLERANCE = 0.1 + 1e-9
/** Fewer replicas are run only when so long nothing has asked for more. */
const STABILISATION_MS = 300_000
/** What may join at one time: as many as there are, or four, whichever is more. */
const JOINING_MIN = 4

export interface ScalerOptions {
  readonly min: number
  readonly max: number
  /** The share of a core that each replica shall use, above 0. */
  readonly target: number
}

/** What the replicas of a service do at the moment. */
export interface ReplicaUse {
  /** The share of a core that each replica uses which is ready. */
  readonly ready: readonly number[]
  /** Replicas that are not ready: what they will take over is not known yet. */
  readonly unready: number
}

/**
 * Decides how many replicas a service has by the formula of Kubernetes' HorizontalPodAutoscaler, with its defaults:
 * use over target, a tolerance of 10%, more at once, fewer after five minutes.
 */
export class ReplicaScaler {
  readonly #options: ScalerOptions
  #recommended: { readonly atMs: number; readonly replicas: number }[] = []

  constructor(options: ScalerOptions) {
    this.#options = options
  }

  decide(nowMs: number, { ready, unready }: ReplicaUse): number {
    const { min, max } = this.#options
    const current = ready.length + unready
    const wanted = Math.min(max, Math.max(min, this.#wanted({ ready, unready })))
    this.#recommended = this.#recommended.filter(({ atMs }) => nowMs - atMs < STABILISATION_MS)
    this.#recommended.push({ atMs: nowMs, replicas: wanted })
    if (wanted > current) return Math.min(wanted, current + Math.max(current, JOINING_MIN))
    const highest = Math.max(...this.#recommended.map(({ replicas }) => replicas))
    return Math.min(current, Math.max(highest, min))
  }

  #wanted({ ready, unready }: ReplicaUse): number {
    const current = ready.length + unready
    if (ready.length === 0) return current
    const use = ready.reduce((sum, share) => sum + share, 0)
    const ratio = use / ready.length / this.#options.target
    if (Math.abs(ratio - 1) <= TOLERANCE) return current
    if (unready === 0 || ratio < 1) return Math.ceil(roundUpTo(ratio * ready.length))
    // Those that are starting will take their part: as if they used nothing yet.
    const shared = use / current / this.#options.target
    return shared <= 1 + TOLERANCE ? current : Math.ceil(roundUpTo(shared * current))
  }
}

/** A use of exactly three targets is three replicas, whatever the last bit of the division says. */
function roundUpTo(replicas: number): number {
  return Math.round(replicas * 1e9) / 1e9
}
