/**
 * The middle value; of an even number of values, the mean of the middle two. A median over interleaved rounds
 * shrugs off the rounds in which the machine did something else.
 * @param {readonly number[]} values at least one
 */
export function median(values) {
  if (values.length === 0) throw new RangeError('cannot take a median: values must not be empty')
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * @param {ArrayLike<number>} sorted ascending, at least one
 * @param {number} share 0..1
 */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/**
 * What one call allocates, without what the harness's own `await` of it does. Never below zero: a difference of two
 * measurements may be.
 * @param {number} grossBytes per call, as measured in a loop that awaits each call
 * @param {number} awaitBytes per call, as measured in the same loop over a promise that is settled already
 */
export function deduct(grossBytes, awaitBytes) {
  return Math.max(0, grossBytes - awaitBytes)
}

/**
 * @param {number} value
 * @param {number} digits after the decimal point
 */
export function round(value, digits) {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}

/**
 * Measurements to rows: medians, the deduction, and the ratio to the case named `bare`.
 * @param {readonly { name: string, nsRounds: readonly number[], grossBytes: number }[]} measurements
 * @param {number} awaitBytes
 * @returns {{ case: string, nsPerCall: number, bytesPerCall: number, ratioToBare: number }[]}
 */
export function summarise(measurements, awaitBytes) {
  const bare = measurements.find(({ name }) => name === 'bare')
  if (bare === undefined)
    throw new RangeError('cannot summarise: a case named bare must be among the measurements')
  const bareNs = median(bare.nsRounds)
  return measurements.map(({ name, nsRounds, grossBytes }) => ({
    case: name,
    nsPerCall: round(median(nsRounds), 1),
    bytesPerCall: round(deduct(grossBytes, awaitBytes), 0),
    ratioToBare: round(median(nsRounds) / bareNs, 2),
  }))
}
