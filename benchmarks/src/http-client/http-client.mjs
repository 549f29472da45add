// `npm run bench -- http-client`: what a call costs with every policy on, beside undici and fetch.
import { median, round } from '../runner/arithmetic.mjs'
import { report } from '../runner/print.mjs'
import { clientCases } from './cases.mjs'
import { load } from './load.mjs'
import { startUpstream } from './start-upstream.mjs'
import { clientTargets } from './targets.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])
const inFlight = 64
const warmUps = 2
const roundsMin = 5
const sliceMsMin = 250

const upstream = await startUpstream()
const cases = clientCases(upstream.origin, inFlight).map((one) => ({ ...one, rounds: [] }))

const rounds = Math.max(roundsMin, Math.floor((seconds * 1_000) / sliceMsMin / cases.length) - warmUps)
const sliceMs = (seconds * 1_000) / cases.length / (rounds + warmUps)
for (let warmUp = 0; warmUp < warmUps; warmUp += 1) {
  for (const { call } of cases) await load(call, sliceMs, inFlight)
}
for (let turn = 0; turn < rounds; turn += 1) {
  for (let place = 0; place < cases.length; place += 1) {
    const one = cases[(place + turn) % cases.length]
    // Nobody collects the garbage of the case before. A full collection would also give memory back to the system, and
    // each slice would then pay for getting it page by page.
    globalThis.gc({ type: 'minor' })
    one.rounds[turn] = withQuantiles(await load(one.call, sliceMs, inFlight))
  }
}
upstream.close()

function withQuantiles({ latenciesMs, ...figures }) {
  const sorted = Float64Array.from(latenciesMs).sort()
  const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { ...figures, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
}

const rows = cases.map(({ case: name, rounds: measured }) => {
  const middle = (figure) => median(measured.map((one) => one[figure]))
  return {
    case: name,
    requestsPerSecond: Math.round(middle('requestsPerSecond')),
    p50Ms: round(middle('p50Ms'), 3),
    p99Ms: round(middle('p99Ms'), 3),
    cpuMicros: round(middle('cpuMicros'), 2),
  }
})
const targets = clientTargets((name) => cases.find((one) => one.case === name).rounds)

report(
  rows,
  targets,
  {
    heading: ['case', 'requests/s', 'p50 ms', 'p99 ms', 'cpu us/request'],
    cells: (row) => [
      row.case,
      row.requestsPerSecond.toLocaleString('en'),
      row.p50Ms.toFixed(3),
      row.p99Ms.toFixed(3),
      row.cpuMicros.toFixed(1),
    ],
    notes: [`Medians of ${rounds} interleaved rounds, ${inFlight} requests in flight.`],
  },
  { json, check },
)
process.exit()
