// A service in small: it writes orders and publishes that it has, and a consumer of it writes down each of them once. One
// event fails at first. Started again after a crash, it does what is left.
import { constant } from '@watertight/policy'
import { defineTopic, migrate, openStore, publish } from '../../dist/index.js'
import { subscription } from '../../dist/events/consume.js'
import { ConsumerRounds } from '../../dist/events/consumer-rounds.js'
import { crashAt } from './crash-at.mjs'

const { url, crash } = JSON.parse(process.argv[2] ?? '{}')
const orders = 6
const deadlineMs = 60_000

// What cannot end here ends with the process: the next life takes it up.
const count = crash === undefined ? () => 0 : crashAt(crash)
const store = openStore(url)
const tables = [
  'create schema if not exists effects',
  'create table if not exists effects.ordered (number integer generated always as identity, name integer unique)',
  'create table if not exists effects.handled (number integer generated always as identity, name integer)',
]
const topic = defineTopic('crash', {
  source: '/crash',
  types: { placed: { schema: { parse: (input) => input } } },
})

async function names(table) {
  const { rows } = await store.query(`select name from effects.${table} order by number`)
  return rows.map(({ name }) => name)
}

async function order(name) {
  await store.transaction(async (transaction) => {
    await transaction.query('insert into effects.ordered (name) values ($1) on conflict do nothing', [name])
    await publish(transaction, topic, {
      type: 'placed',
      key: `key-${name % 2}`,
      id: `order-${name}`,
      data: { name },
    })
  })
}

let failures = 1
const rounds = new ConsumerRounds(
  subscription(store, {
    group: 'crash',
    topic,
    leaseMs: 300,
    batchMax: 4,
    // A retry that its process did not survive is due again after twice this long.
    handlerDeadlineMs: 3_000,
    attemptsMax: 50,
    backoff: constant({ ms: 0 }),
    handle: async ({ data }, transaction) => {
      if (data.name === 3 && failures-- > 0) throw new Error('not at first')
      await transaction.query('insert into effects.handled (name) values ($1)', [data.name])
    },
  }),
)

/** Until it works: a database that was lost is tried again, as a service would. */
async function persist(work) {
  for (const until = performance.now() + deadlineMs; ;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

for (const table of tables) await persist(() => store.query(table))
await persist(() => migrate(store))
for (let name = 0; name < orders; name += 1) {
  await persist(async () => {
    if (!(await names('ordered')).includes(name)) await order(name)
  })
}
await persist(() => rounds.join('first'))
await persist(async () => {
  for (const until = performance.now() + deadlineMs; performance.now() < until;) {
    if ((await rounds.round()) === 0 && (await names('handled')).length >= orders) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
})
await persist(() => rounds.leave())
const statements = count()
// A life with fewer rounds than the one in which statements were counted is struck here.
const [ordered, handled] = await persist(async () => [await names('ordered'), await names('handled')])
process.stdout.write(JSON.stringify({ statements, ordered, handled }))
await store.close()
