/** How long state open lasts. */
export interface OpenPeriod {
  readonly openForMs: number
  readonly growthFactor: number
  readonly openMaxMs: number
  readonly jitter: 'full' | 'equal' | 'none'
}

/**
 * Capped exponential growth with jitter, as for retries (Brooker, Exponential Backoff and Jitter, 2015):
 * the breakers of many processes that opened together should not try again together.
 *
 * @param openings how many times the circuit has opened since it was last closed
 */
export function openPeriodMs(period: OpenPeriod, openings: number, random: () => number): number {
  const grown = Math.min(period.openMaxMs, period.openForMs * period.growthFactor ** openings)
  if (period.jitter === 'none') return grown
  return period.jitter === 'full' ? grown * random() : (grown / 2) * (1 + random())
}
