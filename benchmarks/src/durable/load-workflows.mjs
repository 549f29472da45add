import { quantile } from '../runner/arithmetic.mjs'

let started = 0

/**
 * Keeps so many in flight for a while; each begins when one has ended.
 * @param {(id: string) => Promise<void>} run
 */
export async function loadWorkflows(run, { inFlight, ms }) {
  const latenciesMs = []
  const startedAt = performance.now()
  const lane = async () => {
    while (performance.now() - startedAt < ms) {
      const at = performance.now()
      started += 1
      await run(`bench-${process.pid}-${started}`)
      latenciesMs.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const sorted = Float64Array.from(latenciesMs).sort()
  return {
    perSecond: (1_000 * sorted.length) / (performance.now() - startedAt),
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  }
}
