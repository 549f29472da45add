// `npm run bench -- engine`: what a call costs by the client's composition, by callbacks, and in virtual time.
import { report } from '../runner/print.mjs'
import { median, round } from '../runner/arithmetic.mjs'
import { timeCases } from '../runner/time-cases.mjs'
import { bare } from '../policy/bare.mjs'
import { watertightClient } from '../policy/watertight-client.mjs'
import { engineByCallbacks } from './engine-by-callbacks.mjs'
import { engineTargets } from './targets.mjs'
import { simulate, virtualTime } from './virtual-time.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])

const million = 1_000_000
const cases = [bare, { ...watertightClient, name: 'client composition' }, engineByCallbacks, virtualTime]

const nsRounds = await timeCases(cases, { seconds })
watertightClient.close()
const rows = cases.map(({ name }, index) => row(name, median(nsRounds[index])))

const millionMs = median([timeMillion(), timeMillion(), timeMillion()])

report(
  rows,
  engineTargets(rows, millionMs),
  {
    heading: ['case', 'ns/call', 'calls/s', 'to bare'],
    cells: (one) => [
      one.case,
      one.nsPerCall.toFixed(1),
      one.callsPerSecond.toLocaleString('en'),
      `${(one.nsPerCall / rows[0].nsPerCall).toFixed(2)} x`,
    ],
    notes: [
      `A million calls in virtual time, at once: ${Math.round(millionMs)} ms, the median of three. ns: median of ${nsRounds[0].length} interleaved rounds.`,
    ],
  },
  { json, check },
)
process.exit()

function timeMillion() {
  const startedAt = performance.now()
  simulate(million)
  return performance.now() - startedAt
}

function row(name, nsPerCall) {
  return { case: name, nsPerCall: round(nsPerCall, 1), callsPerSecond: Math.round(1e9 / nsPerCall) }
}
