/** A fault that may be started. */
export interface FaultOffer {
  /** `delay:payment`, `abort:order>payment`, `freeze:payment`. */
  readonly id: string
  readonly kind: 'delay' | 'abort' | 'freeze' | 'kill'
  /** What it hits: `payment`, or the calls `order>payment`. */
  readonly target: string
  readonly description: string
  /** What it is started with unless the request says otherwise. */
  readonly delayMs: number | null
  readonly status: number | null
  /** Share of the requests, 0..1; null for what hits a process. */
  readonly share: number | null
  /** After which it ends by itself; null for what does not. */
  readonly forMs: number | null
}

/** A fault that is on. */
export interface ActiveFault extends FaultOffer {
  readonly startedAt: number
  /** It ends by itself then; null when it does not. */
  readonly endsAt: number | null
  /** Requests that it has hit; null where that is not counted. */
  readonly hits: number | null
  /** The edges and services that it can hit, such as `order>payment`. */
  readonly hitting: readonly string[]
}

export interface FaultsStand {
  readonly offers: readonly FaultOffer[]
  readonly active: readonly ActiveFault[]
}
