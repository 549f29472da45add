import { constant } from '@watertight/policy'
import { expect, onTestFinished, test } from 'vitest'
import type { EventSink } from '../src/brokers/event-sink.js'
import { relaySubscription } from '../src/brokers/relay/relay-events.js'
import { RelayRounds } from '../src/brokers/relay/relay-rounds.js'
import { deadLetters } from '../src/events/dead-letters.js'
import { migrate } from '../src/migrations/migrate.js'
import { emptyStore } from './empty-store.js'
import { drain, Scene } from './scene.js'

test('an event that the broker refuses is tried five times, when it is due, before it is dead; the later ones of its key wait', async () => {
  const store = await emptyStore()
  onTestFinished(() => store.close())
  await migrate(store)
  const sent: string[] = []
  const to: EventSink = {
    prepare: () => Promise.resolve(),
    send: (_, events) => {
      sent.push(...events.map(({ data }) => data))
      const isRefused = ({ data }: { readonly data: string }): boolean => data === '{"n":1}'
      return Promise.resolve(
        events.filter(isRefused).map((event) => ({ event, error: new Error('too large') })),
      )
    },
  }
  const it = new Scene({ store }, 'refused')
  await it.publish(['a', 1], ['b', 2])
  const made = relaySubscription(store, 'refused', { topics: ['refused'], to })
  const backoff = constant({ ms: 3_600_000 })
  const rounds = new RelayRounds({ ...made, backoff, now: () => (it.now += 10_000) }, to)
  await rounds.join('first')
  await drain(rounds)
  await it.publish(['a', 3])
  for (let tries = 1; tries < 5; tries += 1) {
    expect(await deadLetters(store)).toEqual([])
    await drain(rounds)
    expect(sent.filter((data) => data === '{"n":1}')).toHaveLength(tries)
    await it.passHours(1)
    await drain(rounds)
  }
  expect(await deadLetters(store)).toMatchObject([{ key: 'a', attempts: 5, error: 'Error: too large' }])
  expect(sent.filter((data) => data === '{"n":1}')).toHaveLength(5)
  expect(sent).toContain('{"n":2}')
  expect(sent).not.toContain('{"n":3}')
})
