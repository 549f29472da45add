// A service in small: it writes orders and publishes that it has, and a consumer of it writes down each of them once. The
// first event fails at first, and another one of its key waits behind it. What a life did not survive the next one does.
// With a broker both halves are apart: what was published is brought there meanwhile.
import { constant } from '@watertight/policy'
import { defineTopic, publish } from '@watertight/durable'
import { subscription } from '../../dist/events/consume.js'
import { ConsumerRounds } from '../../dist/events/consumer-rounds.js'
import { persist } from '../servers/persist.mjs'

const DEADLINE_MS = 60_000
const insertOrders =
  'insert into effects.ordered (service, name) select $1, * from unnest($2::integer[]) on conflict do nothing'

/** What it does when it does not know whether it did, it does again: an event is known by its id. */
async function order(store, service, topic, names) {
  await store.transaction(async (transaction) => {
    await transaction.query(insertOrders, [service, names])
    const events = names.map((name) => ({
      type: 'placed',
      key: `key-${name % 2}`,
      id: `order-${name}`,
      data: { name },
    }))
    await publish(transaction, topic, events)
  })
}

function consumer(store, service, topic, broker) {
  let failures = 1
  let now = 0
  const subscribed = subscription(store, {
    group: 'crash',
    topic,
    broker,
    leaseMs: 300,
    // A retry that its process did not survive is due again after twice this long.
    handlerDeadlineMs: 1_000,
    attemptsMax: 50,
    backoff: constant({ ms: 0 }),
    handle: async ({ data: { name } }, transaction) => {
      if (name === 0 && failures-- > 0) throw new Error('not at first')
      await transaction.query('insert into effects.handled (service, name) values ($1, $2)', [service, name])
    },
  })
  // So late that each round looks after its leases and after what is to be tried again.
  return new ConsumerRounds({ ...subscribed, now: () => (now += 1_000) })
}

const topicOf = (service) =>
  defineTopic(service, { source: '/crash', types: { placed: { schema: { parse: (input) => input } } } })

/** One order is placed, then two at once. */
export async function placeOrders(store, service) {
  const topic = topicOf(service)
  await persist(() => order(store, service, topic, [0]))
  await persist(() => order(store, service, topic, [1, 2]))
}

/** What was published is handled, all of it. */
export async function handleOrders(store, service, broker) {
  const rounds = consumer(store, service, topicOf(service), broker)
  await persist(() => rounds.join('first'))
  for (const until = performance.now() + DEADLINE_MS; performance.now() < until;) {
    if ((await persist(() => rounds.round())) > 0) continue
    const { rows } = await persist(() =>
      store.query('select from effects.handled where service = $1', [service]),
    )
    if (rows.length >= 3) break
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await persist(() => rounds.leave())
}

/** One whole life. */
export async function live(store, service) {
  await placeOrders(store, service)
  await handleOrders(store, service)
}
