// `npm run bench -- policy-memory`: what idle circuit breakers keep.
import { report } from '../runner/print.mjs'
import { measureMemory } from './memory.mjs'
import { memoryTargets } from './targets.mjs'

const { json, check } = JSON.parse(process.argv[2])
const rows = await measureMemory()
const targets = memoryTargets(rows)

report(
  rows,
  targets,
  {
    heading: ['case', 'breakers', 'B each', 'timers'],
    cells: (row) => [
      row.case,
      row.count.toLocaleString('en'),
      String(row.bytesPerBreaker),
      String(row.timers),
    ],
    notes: [
      'B: heap and array buffers after a full collection, over the number of breakers; ours and cockatiel have been in use.',
    ],
  },
  { json, check },
)
process.exit()
