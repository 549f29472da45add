/**
 * The number of failures in a row at which a Dapr circuit breaker trips, if that is all its expression says:
 * `consecutiveFailures > 5` trips at the sixth. Undefined for any other expression.
 */
export function consecutiveFailures(trip: string): number | undefined {
  const match = /^\(?\s*consecutiveFailures\s*(>=|>|==)\s*(\d{1,6})\s*\)?$/.exec(trip.trim())
  const [, operator, digits] = match ?? []
  if (digits === undefined) return undefined
  const number = Number(digits) + (operator === '>' ? 1 : 0)
  return number >= 1 && number <= 100_000 ? number : undefined
}
