// `npm run bench -- policy`: what a call through the policies costs, beside its peers.
import { report } from '../runner/print.mjs'
import { runCases } from '../runner/run-cases.mjs'
import { bare } from './bare.mjs'
import { cockatielBreaker, cockatielPipeline } from './cockatiel.mjs'
import { measureMemory } from './memory.mjs'
import { moleculerAction } from './moleculer.mjs'
import { mollitiaPipeline } from './mollitia.mjs'
import { opossumBreakerTimeout } from './opossum.mjs'
import { callTargets, memoryTargets } from './targets.mjs'
import { watertightBreaker } from './watertight-breaker.mjs'
import { watertightClient } from './watertight-client.mjs'
import { watertightPipeline } from './watertight-pipeline.mjs'
import { watertightRefusal } from './watertight-refusal.mjs'

const { json, check, seconds } = JSON.parse(process.argv[2])

const { rows, awaitBytes, rounds } = await runCases(
  [
    bare,
    watertightPipeline,
    watertightClient,
    watertightBreaker,
    watertightRefusal,
    cockatielPipeline,
    cockatielBreaker,
    opossumBreakerTimeout,
    mollitiaPipeline,
    moleculerAction,
  ],
  { seconds },
)

const targets = callTargets(rows)
if (check || !json) targets.push(...memoryTargets(await measureMemory()))

report(
  rows,
  targets,
  {
    heading: ['case', 'ns/call', 'B/call', 'to bare'],
    cells: (row) => [
      row.case,
      row.nsPerCall.toFixed(1),
      String(row.bytesPerCall),
      `${row.ratioToBare.toFixed(2)} x`,
    ],
    notes: [
      `ns: median of ${rounds} interleaved rounds. B: without the ${Math.round(awaitBytes)} B that this loop's own await of a`,
      'settled promise allocates, measured in this run and deducted from every row, bare included.',
    ],
  },
  { json, check },
)
process.exit()
