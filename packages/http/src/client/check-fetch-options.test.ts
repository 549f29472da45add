import { OptionError } from '@watertight/policy'
import { expect, it } from 'vitest'
import { createFetch } from './create-fetch.js'

const endpoints = 'http://127.0.0.1:7001'

it('refuses a URL in place of options', () => {
  const create = (): unknown => createFetch('http://127.0.0.1:7001' as never)
  expect(create).toThrow("cannot create fetch: options must be an object, got 'http://127.0.0.1:7001'")
})

it.each<[string, Record<string, unknown>, string]>([
  ['no endpoint', { endpoints: [] }, 'endpoints must name at least one origin, got none'],
  ['no origin', { endpoints: 'ftp://127.0.0.1:7001' }, "such as 'http://127.0.0.1:7001', or a URL"],
  ['credentials', { endpoints: 'http://u:p@127.0.0.1' }, 'must not have a user name or a password'],
  [
    'two paths',
    { endpoints: ['http://a.test/v1', 'http://b.test/v2'] },
    "the same path, got '/v1/' and '/v2/'",
  ],
  ['a misspelt option', { retries: 3 }, "unknown option 'retries'; "],
  ['a misspelt limit', { timeout: { connect: 3 } }, "unknown option 'timeout.connect'"],
  [
    'a limit of nothing',
    { timeout: { totalMs: 0 } },
    'timeout.totalMs must be a number of milliseconds > 0, or Infinity, got 0',
  ],
  [
    'a limit in words',
    { timeout: { attemptMs: '1s' } },
    "timeout.attemptMs must be a number of milliseconds > 0, or Infinity, got '1s'",
  ],
  [
    'a class of failures that does not exist',
    { retry: { on: ['4xx'] } },
    "retry.on[0] is not known, got '4xx'; did you mean 5xx?",
  ],
  [
    'a misspelt class of failures',
    { retry: { on: [503, 'conect-failure'] } },
    "retry.on[1] is not known, got 'conect-failure'; did you mean connect-failure?",
  ],
  ['a class of failures alone', { retry: { on: '5xx' } }, 'retry.on must be a list of statuses and of 5xx'],
  ['a breaker that is switched on', { breaker: true }, 'breaker must be an object, got true'],
  [
    'an operation without a path',
    { operations: { charges: true } },
    "operations must be named as 'POST /charges' is, got 'charges'",
  ],
  [
    'a misspelt idempotence',
    { operations: { 'POST /charges': 'by_key' } },
    "operations['POST /charges'] must be true, false or 'by-key', got 'by_key'",
  ],
  ['no attempt at all', { retry: { attempts: 0 } }, 'retry.attempts must be an integer >= 1, got 0'],
  [
    'a share above one',
    { ejection: { maxEjected: 50 } },
    'ejection.maxEjected must be a number from 0 to 1, got 50',
  ],
  ['an unknown balance', { balance: 'random' }, "balance must be one of 'least-request', 'round-robin'"],
  [
    'a cache for no time',
    { fallback: { cache: { maxAgeMs: 0 } } },
    'fallback.cache.maxAgeMs must be a finite number',
  ],
  [
    'a body that cannot be',
    { fallback: { status: 204, body: {} } },
    'fallback.status must be one that has a body, got 204',
  ],
  ['a wrong option of a policy', { breaker: { failureRate: 2 } }, 'failureRate must be'],
  ['an unknown mode', { mode: 'off' }, "mode must be one of 'enforce', 'observe', got 'off'"],
  [
    'an answer that is no status',
    { answers: ['connect-failure'] },
    'answers[0] must be a status or one of 5xx',
  ],
  ['answers in two places', { answers: [503], breaker: { answers: [503] } }, 'answers must be given once'],
  ['options that are none', { timeout: 3 }, 'timeout must be an object or false, got 3'],
])('refuses %s', (_name, options, message) => {
  const create = (): unknown => createFetch({ endpoints, ...options })
  expect(create).toThrow(OptionError)
  expect(create).toThrow(message)
})
