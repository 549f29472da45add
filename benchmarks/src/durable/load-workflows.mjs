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
    while (performance.now() - startedAt < ms) latenciesMs.push(await timed(run))
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return figuresOf(latenciesMs, performance.now() - startedAt)
}

/**
 * One of each after the other, for a while, another one first each time: whatever the disk does meanwhile, it does to all of them.
 * @param {readonly ((id: string) => Promise<void>)[]} runs
 */
export async function takeTurns(runs, { ms }) {
  const latenciesMs = runs.map(() => [])
  const until = performance.now() + ms
  for (let turn = 0; performance.now() < until; turn += 1) {
    for (let place = 0; place < runs.length; place += 1) {
      const which = (place + turn) % runs.length
      latenciesMs[which].push(await timed(runs[which]))
    }
  }
  return latenciesMs.map((each) =>
    figuresOf(
      each,
      each.reduce((sum, one) => sum + one, 0),
    ),
  )
}

async function timed(run) {
  const at = performance.now()
  started += 1
  await run(`bench-${process.pid}-${started}`)
  return performance.now() - at
}

function figuresOf(latenciesMs, tookMs) {
  const sorted = Float64Array.from(latenciesMs).sort()
  return {
    perSecond: (1_000 * sorted.length) / tookMs,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  }
}
