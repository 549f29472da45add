// `npm run bench -- http-client`: what a call costs with every policy on, beside undici and fetch.
import { median, quantile, round } from '../runner/arithmetic.mjs'
import { report, requestTable } from '../runner/print.mjs'
import { clientCases } from './cases.mjs'
import { load } from './load.mjs'
import { startUpstream } from './start-upstream.mjs'
import { clientTargets } from './targets.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])
const inFlight = 64
const warmUps = 2
/** However short the run: code that is not optimised yet says nothing. */
const warmUpMsMin = 500
const roundsMin = 5
const sliceMsMin = 250

const upstream = await startUpstream()
const cases = clientCases(upstream.origin, inFlight).map((one) => ({ ...one, rounds: [] }))

const rounds = Math.max(roundsMin, Math.floor((seconds * 1_000) / sliceMsMin / cases.length) - warmUps)
const sliceMs = (seconds * 1_000) / cases.length / (rounds + warmUps)
for (let warmUp = 0; warmUp < warmUps; warmUp += 1) {
  for (const { call } of cases) await load(call, Math.max(sliceMs, warmUpMsMin), inFlight)
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
  return { ...figures, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) }
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

const notes = [`Medians of ${rounds} interleaved rounds, ${inFlight} requests in flight.`]
report(rows, targets, requestTable(notes), { json, check })
process.exit()
