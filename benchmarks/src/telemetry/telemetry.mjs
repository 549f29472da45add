// `npm run bench -- telemetry`: what recording one call to another service costs, beside prom-client.
import { report } from '../runner/print.mjs'
import { runCases } from '../runner/run-cases.mjs'
import { bare } from './bare.mjs'
import { promClientCall } from './prom-client.mjs'
import { recordingTargets } from './targets.mjs'
import { watertightCall } from './watertight.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])

const { rows, awaitBytes, rounds } = await runCases([bare, watertightCall, promClientCall], { seconds })
const targets = recordingTargets(rows)

report(
  rows,
  targets,
  {
    heading: ['case', 'ns/call', 'B/call'],
    cells: (row) => [row.case, row.nsPerCall.toFixed(1), String(row.bytesPerCall)],
    notes: [
      `ns: median of ${rounds} interleaved rounds, the loop's own await included (it is all of bare). B: without the`,
      `${Math.round(awaitBytes)} B that this await allocates.`,
    ],
  },
  { json, check },
)
process.exit()
