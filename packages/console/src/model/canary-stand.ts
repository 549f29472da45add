/** How the requests of one route are split between the versions of a service. */
export interface CanaryStand {
  /** Names it in a change: `0` for the first route of the gateway. */
  readonly route: string
  /** What the route matches, for people: `/orders`. */
  readonly match: string
  readonly service: string
  readonly shares: readonly {
    readonly version: string
    /** The number in the document. */
    readonly weight: number
    /** 0..1, all together 1. */
    readonly share: number
  }[]
}
