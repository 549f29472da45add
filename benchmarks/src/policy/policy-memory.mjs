// `npm run bench -- policy-memory`: what idle circuit breakers keep.
import { enforce, alignedTable, jsonLines, targetLines } from '../runner/print.mjs'
import { measureMemory } from './memory.mjs'
import { memoryTargets } from './targets.mjs'

const { json, check } = JSON.parse(process.argv[2])
const rows = await measureMemory()
const targets = memoryTargets(rows)

if (json) {
  process.stdout.write(`${jsonLines(rows)}\n`)
} else {
  const cells = rows.map((row) => [
    row.case,
    row.count.toLocaleString('en'),
    String(row.bytesPerBreaker),
    String(row.timers),
  ])
  process.stdout.write(
    [
      alignedTable([['case', 'breakers', 'B each', 'timers'], ...cells]),
      '',
      'B: heap and array buffers after a full collection, over the number of breakers; ours and cockatiel have been in use.',
      '',
      'targets',
      targetLines(targets),
      '',
    ].join('\n'),
  )
}
if (check) enforce(targets, { json })
process.exit()
