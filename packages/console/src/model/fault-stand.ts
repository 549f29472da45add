/** A fault that may be started. */
export interface FaultOffer {
  /** `delay:payment`, `abort:payment`, `freeze:payment`, or `experiment:slow-payment` of the document. */
  readonly id: string
  readonly kind: 'delay' | 'abort' | 'freeze' | 'kill'
  /** The service that it hits. */
  readonly target: string
  readonly description: string
  /** What it is started with unless the request says otherwise. */
  readonly delayMs: number | null
  readonly status: number | null
  /** Share of the requests, 0..1; null for what hits a process. */
  readonly share: number | null
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
