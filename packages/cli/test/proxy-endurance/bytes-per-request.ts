/**
 * The slope of the line that fits best through readings of memory, in bytes a request (least squares). The first quarter
 * is left out: until then caches fill, and code is compiled.
 */
export function bytesPerRequest(readings: readonly number[], requestsBetween: number): number {
  const settled = readings.slice(Math.ceil(readings.length / 4))
  const meanAt = (settled.length - 1) / 2
  const mean = settled.reduce((sum, bytes) => sum + bytes, 0) / settled.length
  let together = 0
  let alone = 0
  for (const [at, bytes] of settled.entries()) {
    together += (at - meanAt) * (bytes - mean)
    alone += (at - meanAt) ** 2
  }
  return together / alone / requestsBetween
}
