import { consumptionWords, sagaStepWords, sagaWords } from '@watertight/manifest/tooling'
import type { Backoff } from '@watertight/policy'
import { expect, test } from 'vitest'
import { subscription } from '../src/events/consume.js'
import { defineTopic } from '../src/outbox/topic.js'
import type { RetryPlan } from '../src/saga/definition/saga-plan.js'
import { saga } from '../src/saga/definition/saga.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'

// Who reads `watertight explain` must read what the code does when it is not told otherwise.

/** Jitter only takes away: with the highest chance a delay is as long as it can be. */
const longest = (backoff: Backoff, attempt: number): number =>
  Math.round(backoff.delayMs(attempt, 0, () => 1))

const retryWords = ({ attempts, backoff }: RetryPlan): Record<string, number> => ({
  'retry.attempts': attempts,
  'retry.backoff.initial': longest(backoff, 1),
  'retry.backoff.max': longest(backoff, 1_000),
})

const defaultsOf = (words: Readonly<Record<string, { readonly default?: unknown }>>): object =>
  Object.fromEntries(Object.entries(words).map(([key, word]) => [key, word.default]))

const below = (prefix: string, values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]))

test('a step of a saga has the same defaults in code as in the document', () => {
  const { plan } = saga('one-step')
    .step('only', { run: () => null, compensate: () => {} })
    .build()
  const step = plan.stages[0]![0]!
  expect({
    timeout: step.timeoutMs,
    ...retryWords(step.retry),
    'compensation.timeout': step.compensationTimeoutMs,
    ...below('compensation', retryWords(step.compensationRetry)),
    optional: step.optional,
    readOnly: !step.hasEffect,
  }).toEqual(defaultsOf(sagaStepWords))
  // Code says where a saga runs by the engine that it opens, of which a store's is the one that needs nothing else.
  const { deadlineMs: deadline, version } = plan
  expect({ deadline, version, engine: 'store' }).toEqual(defaultsOf(sagaWords))
})

test('a consumer has the same defaults in code as in the document', () => {
  // It connects to nothing before somebody asks it something.
  const store = new PostgresStore({ url: 'postgres://localhost/none', listenUrl: false })
  const { attemptsMax, backoff, handlerDeadlineMs, batchMax, leaseMs } = subscription(store, {
    group: 'group',
    topic: defineTopic('orders', { source: '/orders', types: {} }),
    handle: async () => {},
  })
  expect({
    ...retryWords({ attempts: attemptsMax, backoff }),
    timeout: handlerDeadlineMs,
    batch: batchMax,
    lease: leaseMs,
  }).toEqual(defaultsOf(consumptionWords))
})
