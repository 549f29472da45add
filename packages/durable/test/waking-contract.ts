import { expect, test } from 'vitest'
import { outboxBroker } from '../src/brokers/postgres/outbox-broker.js'
import type { Broker } from '../src/brokers/broker.js'
import { consume, type Consumer } from '../src/events/consume.js'
import type { Store } from '../src/store/store.js'
import type { Scene } from './scene.js'

/** What a consumer at work learns of what is published: it is told where the store can tell, and looks all the same. */
export function wakingContract(scene: (topic: string) => Scene): void {
  test('a consumer that looks once an hour handles what is published at once, since it is told', async () => {
    const together = { one: [1], several: [1, 2] }
    for (const [name, numbers] of Object.entries(together)) {
      const it = scene(`woken-by-${name}`)
      const { consumer, hasLooked } = await startConsumer(it, it.store, 3_600_000)
      await expect.poll(hasLooked, { timeout: 20_000 }).toBe(true)
      await it.publish(...numbers.map((n) => ['a', n] as const))
      await expect.poll(() => it.effects(), { timeout: 20_000 }).toEqual(numbers.map((n) => `a:${n}`))
      await consumer.close()
    }
  })

  pollingContract(scene)

  test('a consumer that lets events gather does so after a batch that was not full, and not before the first', async () => {
    const it = scene('lingering-consumer')
    const start = async (group: string, lingerMs: number): Promise<Consumer> =>
      await consume(it.store, {
        group,
        topic: it.topic,
        pollMs: 5,
        lingerMs,
        handle: async ({ data }, transaction) => await it.effect(transaction, `${group}:${data.n}`),
      })
    const lingering = await start('lingering', 3_600_000)
    await it.publish(['a', 1])
    await expect.poll(() => it.effects(), { timeout: 20_000 }).toEqual(['lingering:1'])
    const other = await start('other', 0)
    for (const n of [2, 3]) {
      await it.publish(['a', n])
      await expect.poll(() => it.effects(), { timeout: 20_000 }).toContain(`other:${n}`)
    }
    await Promise.all([lingering.close(), other.close()])
    expect((await it.effects()).filter((name) => name.startsWith('lingering'))).toEqual(['lingering:1'])
  })
}

/** The same where nobody is told. */
export function pollingContract(scene: (topic: string) => Scene): void {
  test('a consumer that is never told of what is published finds it when it looks', async () => {
    const it = scene('unheard')
    const deaf: Store = {
      kind: it.store.kind,
      query: (...statement) => it.store.query(...statement),
      transaction: (...work) => it.store.transaction(...work),
      atOnce: (...work) => it.store.atOnce(...work),
      listen: () => Promise.resolve(() => Promise.resolve()),
      close: () => Promise.resolve(),
    }
    const { consumer, hasLooked } = await startConsumer(it, deaf, 20)
    await expect.poll(hasLooked, { timeout: 20_000 }).toBe(true)
    await it.publish(['a', 1])
    await expect.poll(() => it.effects(), { timeout: 20_000 }).toEqual(['a:1'])
    await consumer.close()
  })
}

/** A consumer, and whether it has looked and found nothing: from then on it waits. */
async function startConsumer(
  it: Scene,
  store: Store,
  pollMs: number,
): Promise<{ readonly consumer: Consumer; readonly hasLooked: () => boolean }> {
  let hasLooked = false
  const outbox = outboxBroker(store)
  const broker: Broker = {
    kind: outbox.kind,
    close: () => outbox.close(),
    log: (topic) => {
      const log = outbox.log(topic)
      return {
        kind: log.kind,
        partitionCount: () => log.partitionCount(),
        start: (startAt) => log.start(startAt),
        countAfter: (positions) => log.countAfter(positions),
        listen: (onNews) => log.listen(onNews),
        close: () => log.close(),
        read: async (positions, limit) => {
          const events = await log.read(positions, limit)
          if (positions.length > 0 && events.length === 0) hasLooked = true
          return events
        },
      }
    },
  }
  const consumer = await consume(store, {
    group: 'group',
    topic: it.topic,
    broker,
    pollMs,
    handle: async ({ key, data }, transaction) => await it.effect(transaction, `${key}:${data.n}`),
  })
  return { consumer, hasLooked: () => hasLooked }
}
