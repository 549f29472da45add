// `npm run bench -- manifest`: checking a manifest of 1,000 services and 5,000 calls, from text to findings.
import { checkManifest } from '../../../packages/manifest/dist/index.js'
import { report } from '../runner/print.mjs'
import { largeManifest } from './large-manifest.mjs'
import { manifestTargets } from './targets.mjs'

const RUNS_MIN = 3

const { json, check, seconds } = JSON.parse(process.argv[2])
const text = largeManifest(1_000)
const times = []
const end = performance.now() + seconds * 1_000
while (times.length < RUNS_MIN || performance.now() < end) {
  const startedAt = performance.now()
  checkManifest(text)
  times.push(performance.now() - startedAt)
}
// The first run, in a process that has compiled nothing yet, is what the command line costs.
const [first] = times
times.sort((a, b) => a - b)
const rows = [
  {
    case: '1000 services',
    ms: Math.round(times[times.length >> 1]),
    firstMs: Math.round(first),
    bytes: text.length,
  },
]
const targets = manifestTargets(rows)

report(
  rows,
  targets,
  {
    heading: ['case', 'ms', 'first ms', 'bytes'],
    cells: (row) => [row.case, String(row.ms), String(row.firstMs), row.bytes.toLocaleString('en')],
  },
  { json, check },
)
