/**
 * Calls for that long, with so many in flight at any time.
 * @param {() => Promise<unknown>} call
 * @param {number} ms
 * @param {number} inFlight
 * @returns {Promise<{ requestsPerSecond: number, cpuMicros: number, latenciesMs: number[] }>} processor time a request
 */
export async function load(call, ms, inFlight) {
  const latenciesMs = []
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const endsAt = startedAt + ms
  const worker = async () => {
    for (let begin = performance.now(); begin < endsAt;) {
      await call()
      const now = performance.now()
      latenciesMs.push(now - begin)
      begin = now
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const tookMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  const requests = latenciesMs.length
  return {
    requestsPerSecond: (requests * 1_000) / tookMs,
    cpuMicros: (user + system) / requests,
    latenciesMs,
  }
}
