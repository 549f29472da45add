const HEDGE_OVERTAKEN = 'WT_HEDGE_OVERTAKEN'

/** The reason on the signal of a run that is given up because another run of the same call answered first. */
export class HedgeOvertakenError extends Error {
  override readonly name = 'HedgeOvertakenError'
  readonly code: string = HEDGE_OVERTAKEN

  constructor() {
    super('another run of this call answered first')
  }
}
