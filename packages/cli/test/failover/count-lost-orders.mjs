// The last line is how many orders were promised and are not there, or whose event is missing.
import { readFileSync } from 'node:fs'
import { openStore } from '@watertight/durable'

const promised = readFileSync(process.env.WATERTIGHT_ACKNOWLEDGED, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(JSON.parse(line).body).id)
const client = openStore(process.env.DATABASE_URL, { listenUrl: false })
const keys = async (text) => new Set((await client.query(text)).rows.map(({ key }) => key))
const rows = await keys('select id as key from orders')
const events = await keys('select key from watertight.outbox')
await client.close()
const torn = [...rows].filter((id) => !events.has(id)).length
console.log(`${promised.length} promised, ${rows.size} kept, ${torn} without their event`)
console.log(promised.filter((id) => !rows.has(id)).length + torn)
