// The last line is how many keys were charged twice, told different charges, or told one that is not there.
import { readFileSync } from 'node:fs'
import { openStore } from '@watertight/durable'

const told = new Map()
for (const line of readFileSync(process.env.WATERTIGHT_ACKNOWLEDGED, 'utf8').split('\n')) {
  if (line === '') continue
  const { path, body, status } = JSON.parse(line)
  if (path !== '/charges' || status !== 201) continue
  const { key, charge } = JSON.parse(body)
  told.set(key, (told.get(key) ?? new Set()).add(charge))
}
const store = openStore(process.env.PRIMARY_URL, { listenUrl: false })
const { rows } = await store.query('select key, count(*)::integer as count from charges group by key')
await store.close()
const made = new Map(rows.map(({ key, count }) => [key, count]))
const twice = rows.filter(({ count }) => count > 1).length
const wrong = [...told].filter(([key, charges]) => charges.size > 1 || !made.has(key)).length
console.log(`${told.size} keys were told of, ${made.size} were charged, ${twice} of them twice`)
console.log(twice + wrong)
