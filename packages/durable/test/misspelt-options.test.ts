import { MetricRegistry } from '@watertight/telemetry'
import { expect, test } from 'vitest'
import { outboxBroker } from '../src/brokers/postgres/outbox-broker.js'
import { cleanUpEvents } from '../src/events/clean-up.js'
import { deadLetters, discardDeadLetters, redriveDeadLetters } from '../src/events/dead-letters.js'
import { followEvents } from '../src/events/follow-events.js'
import { observeEvents } from '../src/events/observe-events.js'
import { recentEvents } from '../src/events/recent-events.js'
import { skipLostEvents } from '../src/events/skip-lost-events.js'
import { waitUntilHandled } from '../src/events/wait-until-handled.js'
import { migrate } from '../src/migrations/migrate.js'
import type { Store } from '../src/store/store.js'
import { emptyStore } from './empty-store.js'

const { signal } = new AbortController()
/** Every call that is not a constructor, with a name of its options misspelt. */
const calls: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ['eventsMs', (store) => cleanUpEvents(store, { eventMs: 1 } as object)],
  ['group', (store) => deadLetters(store, { grup: 'a' } as object)],
  ['eventId', (store) => discardDeadLetters(store, { group: 'a', eventID: 'b' } as object)],
  ['topic', (store) => redriveDeadLetters(store, { group: 'a', topics: 'b' } as object)],
  ['topic', (store) => followEvents(store, { signal, topics: 'a' } as { signal: AbortSignal })],
  ['everyMs', (store) => observeEvents(store, new MetricRegistry(), { everyMS: 1 } as object)],
  ['limit', (store) => recentEvents(store, { limits: 1 } as object)],
  ['group', (store) => skipLostEvents(store, outboxBroker(store), { grup: 'a', topic: 'b' } as never)],
  ['deadlineMs', (store) => waitUntilHandled(store, [], { group: 'a', deadlineMS: 1 } as { group: string })],
  ['deadlineMs', (store) => migrate(store, { deadlineMS: 1 } as object)],
]

test('an option that is misspelt is refused before anything is done, with the spelling that is meant', async () => {
  const store = await emptyStore()
  for (const [meant, call] of calls)
    await expect(call(store)).rejects.toMatchObject({
      name: 'OptionError',
      message: expect.stringContaining(`did you mean ${meant}?`) as string,
    })
  await store.close()
})

test.each<[string, object, string]>([
  ['nothing', {}, 'all must be true where no group, topic, key or eventId says which, got undefined'],
  [
    'an id that is not there',
    { eventId: undefined },
    'eventId must be a text that is not empty, got undefined',
  ],
  ['a group, and an id that is not there', { group: 'a', eventId: undefined }, 'eventId must be a text'],
  ['all, but not truly', { all: false }, 'all must be true where no group, topic, key or eventId says which'],
])('dead letters are neither discarded nor redriven by %s', async (_story, choice, message) => {
  const store = await emptyStore()
  for (const decide of [discardDeadLetters, redriveDeadLetters])
    await expect(decide(store, choice)).rejects.toThrow(`cannot create choice of dead letters: ${message}`)
  await store.close()
})
