import { describe, expect, it } from 'vitest'
import { checkManifest } from '../src/findings/check-manifest.js'

/** The findings of one code, as `path: message`. */
function found(body: string, code: string): string[] {
  const { findings } = checkManifest(`watertight: v1\nsystem: shop\n${body}\n`)
  expect(findings.filter((finding) => finding.code.startsWith('WT-DOC-'))).toEqual([])
  return findings.filter((finding) => finding.code === code).map(({ path, message }) => `${path}: ${message}`)
}

/** A case: a code, a document that has the finding with a part of what it says, and one on the right side of the line. */
type Case = readonly [story: string, code: string, broken: string, says: string, whole: string]

const order = (calls: string, more = ''): string =>
  `services: { order: { calls: { payment: { ${calls} } } }, payment: { ${more} } }`

const timeouts: readonly Case[] = [
  [
    'one attempt may take all of the time, and no more',
    'WT-TIMEOUT-ATTEMPT-ABOVE-TOTAL',
    order('timeout: { attempt: 3001ms, total: 3s }'),
    'must be at most the total (3s), got 3.001s',
    order('timeout: { attempt: 3s, total: 3s }'),
  ],
  [
    'connecting may take all of an attempt, and no more',
    'WT-TIMEOUT-CONNECT-ABOVE-ATTEMPT',
    order('timeout: { connect: 501ms, attempt: 500ms }'),
    'must be at most the attempt (500ms), got 501ms',
    order('timeout: { connect: 500ms, attempt: 500ms }'),
  ],
  [
    'a caller two services away gives up first',
    'WT-TIMEOUT-ABANDONED-WORK',
    order('timeout: { attempt: 2s }', 'calls: { bank: { timeout: { total: 5s } } } }, bank: {'),
    'order waits 2s for an attempt at payment, which may itself wait 5s',
    order('timeout: { attempt: 5s }', 'calls: { bank: { timeout: { total: 5s } } } }, bank: {'),
  ],
  [
    'the worst case counts attempts and waits',
    'WT-TIMEOUT-ABANDONED-WORK',
    order(
      'timeout: { attempt: 2s }',
      'calls: { bank: { timeout: { attempt: 1s }, retry: { attempts: 2 } } } }, bank: {',
    ),
    'may itself wait 2.1s',
    order(
      'timeout: { attempt: 3s }',
      'calls: { bank: { timeout: { attempt: 1s }, retry: { attempts: 2 } } } }, bank: {',
    ),
  ],
  [
    'an attempt may take as long as the whole call, and no longer',
    'WT-TIMEOUT-ATTEMPT-ABOVE-TOTAL',
    order('timeout: { attempt: 3001ms, total: 3s }'),
    'must be at most the total (3s), got 3.001s',
    order('timeout: { attempt: 3s, total: 3s }'),
  ],
  [
    'a route has a shorter limit than its gateway',
    'WT-TIMEOUT-GATEWAY-BELOW-SERVICE',
    `${order('timeout: { total: 5s }')}\ngateway: { timeout: { total: 9s }, routes: [{ match: { path: / }, to: order, timeout: { total: 4s } }] }`,
    'the gateway waits 4s for order, which may itself wait 5s',
    `${order('timeout: { total: 5s }')}\ngateway: { timeout: { total: 9s }, routes: [{ match: { path: / }, to: order }] }`,
  ],
]

const isolation: readonly Case[] = [
  [
    'every replica has a pool',
    'WT-ISOLATION-POOLS-EXCEED-CAPACITY',
    'services: { order: { scale: { max: 3 }, calls: { payment: { bulkhead: { concurrency: 5 } } } }, payment: { capacity: 14 } }',
    'add up to 15 (order 15), above its capacity of 14',
    'services: { order: { scale: { max: 3 }, calls: { payment: { bulkhead: { concurrency: 5 } } } }, payment: { capacity: 15 } }',
  ],
  [
    'every status of a group is an answer',
    'WT-RETRY-ANSWER',
    order('retry: { on: [gateway-error, 500] }, answers: [5xx]'),
    'names gateway-error, 500, which answers (5xx) takes for an answer',
    order('retry: { on: [gateway-error] }, answers: [500, 503]'),
  ],
  [
    'a retry names what is an answer; one that says nothing leaves it alone',
    'WT-RETRY-ANSWER',
    order('retry: { on: [503] }, answers: [503]'),
    'an answer is never tried again',
    order('retry: {}, answers: [503]'),
  ],
]

const availability = (payment: string, more = ''): string =>
  `services:
  order: { objective: { availability: 99.9% }, calls: { payment: { ${more} }, stock: {} } }
  payment: { ${payment} }
  stock: { objective: { availability: 99.95% } }
  bank: { objective: { availability: 99.9% } }`

const objectives: readonly Case[] = [
  [
    'dependencies in series multiply',
    'WT-AVAILABILITY-IMPOSSIBLE',
    availability('objective: { availability: 99.94% }'),
    'payment, stock) allows 99.89% at most',
    availability('objective: { availability: 99.96% }'),
  ],
  [
    'a fallback takes its callee out of the series',
    'WT-AVAILABILITY-IMPOSSIBLE',
    availability('objective: { availability: 99% }'),
    'allows 98.9505% at most',
    availability('objective: { availability: 99% }', 'fallback: { status: 200 }'),
  ],
  [
    'a dependency without an objective is as good as its own dependencies',
    'WT-AVAILABILITY-IMPOSSIBLE',
    availability('calls: { bank: {} }'),
    'allows 99.85% at most',
    availability('calls: { bank: { optional: true } }'),
  ],
]

const operations: readonly Case[] = [
  [
    'a drain covers the longest call of the service',
    'WT-OPERATIONS-DRAIN-TOO-SHORT',
    'services: { order: { drain: 11s, calls: { payment: { timeout: { total: 12s } } } }, payment: {} }',
    'a request may wait 12s for a call',
    'services: { order: { drain: 12s, calls: { payment: { timeout: { total: 12s } } } }, payment: {} }',
  ],
  [
    'a drain of a service that calls nobody covers what its callers wait',
    'WT-OPERATIONS-DRAIN-TOO-SHORT',
    order('timeout: { attempt: 4s, total: 9s }', 'drain: 3s'),
    'order waits 4s for an answer',
    order('timeout: { attempt: 4s, total: 9s }', 'drain: 4s'),
  ],
  [
    'an alert asks for a faster fire than there can be',
    'WT-OPERATIONS-ALERT-NEVER-FIRES',
    'services: { order: { objective: { availability: 90% } } }\nalerts: { burns: { service: order, burnRate: 14.4 } }',
    'burns 10 times too fast at most, got 14.4',
    'services: { order: { objective: { availability: 99% } } }\nalerts: { burns: { service: order, burnRate: 14.4 } }',
  ],
  [
    'an alert looks back further than its objective',
    'WT-OPERATIONS-ALERT-NEVER-FIRES',
    'services: { order: { objective: { availability: 99%, window: 1h } } }\nalerts: { burns: { service: order, burnRate: 2, long: 2h } }',
    'longer than that of the objective (1h)',
    'services: { order: { objective: { availability: 99%, window: 2h } } }\nalerts: { burns: { service: order, burnRate: 2, long: 2h } }',
  ],
  [
    'an alert is about a service that promises nothing, or everything',
    'WT-OPERATIONS-ALERT-NEVER-FIRES',
    'services: { order: { objective: { availability: 100% } }, mail: {} }\nalerts: { a: { service: mail, burnRate: 2 }, b: { service: order, burnRate: 2 } }',
    'mail has no availability objective',
    'services: { order: { objective: { availability: 99% } } }\nalerts: { b: { service: order, burnRate: 2 } }',
  ],
  [
    'a whole system observes',
    'WT-ENFORCE-OBSERVE-ONLY',
    `mode: observe\n${order('')}`,
    'nothing is enforced',
    `mode: enforce\n${order('')}`,
  ],
  [
    'requests to somebody else are to be shed',
    'WT-ENFORCE-NOT-EXPRESSIBLE',
    'services: { bank: { external: true, shedding: {} } }',
    'nobody sheds requests for bank: it is run by somebody else',
    'services: { bank: { external: true, shedding: off } }',
  ],
  [
    'queries are to be shed as requests are',
    'WT-ENFORCE-NOT-EXPRESSIBLE',
    'services: { db: { protocol: postgres, shedding: {} } }',
    'nobody sheds requests for db: it speaks postgres and no HTTP',
    'services: { db: { protocol: h2, shedding: {} } }',
  ],
  [
    'a process in another language sheds behind a sidecar alone',
    'WT-ENFORCE-NOT-EXPRESSIBLE',
    'services: { tax: { run: python3 tax.py, port: 7001, shedding: {} } }',
    'nobody sheds requests for tax: it is not a Node process',
    'services: { tax: { run: python3 tax.py, port: 7001, sidecar: { application: 7002 }, shedding: {} } }',
  ],
  [
    'one call observes',
    'WT-ENFORCE-OBSERVE-ONLY',
    order('mode: observe'),
    'decisions of order > payment are reported',
    order('mode: enforce'),
  ],
]

const saga = (...steps: string[]): string =>
  `services: {}\nsagas: { place: { steps: [${steps.join(', ')}] } }`

const data: readonly Case[] = [
  [
    'a step that may fail without harm needs nothing undone before it',
    'WT-DATA-SAGA-NO-COMPENSATION',
    saga('{ name: reserve }', '{ name: charge, compensate: refund }', '{ name: thank, optional: true }'),
    'step reserve of saga place cannot be undone when charge fails after it',
    saga('{ name: charge }', '{ name: thank, optional: true }'),
  ],
  [
    'a step that changes nothing needs no undoing',
    'WT-DATA-SAGA-NO-COMPENSATION',
    saga('{ name: look }', '{ name: charge, compensate: refund }'),
    'step look',
    saga('{ name: look, readOnly: true }', '{ name: charge, compensate: refund }'),
  ],
  [
    'an event that may come twice',
    'WT-DATA-CONSUMER-NOT-IDEMPOTENT',
    'services: { order: { consumes: { paid: { idempotent: false } } } }',
    'order consumes paid, which may arrive twice',
    'services: { order: { consumes: { paid: { idempotent: by-nature } } } }',
  ],
  [
    'an outbox that says that nobody relays it',
    'WT-DATA-OUTBOX-NOT-RELAYED',
    'services: { order: { outbox: { relay: none } } }',
    'events of order stay in its outbox',
    'services: { order: { outbox: { relay: courier } }, courier: {} }',
  ],
]

const adaptive: readonly Case[] = [
  [
    'min may be as large as max, and no larger',
    'WT-ISOLATION-ADAPTIVE-LIMIT-BOUNDS',
    order('adaptiveLimit: { min: 11, max: 10 }'),
    'max must be at least min (11), got 10',
    order('adaptiveLimit: { min: 10, max: 10 }'),
  ],
  [
    'it begins between its bounds',
    'WT-ISOLATION-ADAPTIVE-LIMIT-BOUNDS',
    order('adaptiveLimit: { initial: 11, min: 2, max: 10 }'),
    'initial must be from min to max (2 to 10), got 11',
    order('adaptiveLimit: { initial: 10, min: 2, max: 10 }'),
  ],
  [
    'what nobody wrote moves to the nearest bound, and contradicts nothing',
    'WT-ISOLATION-ADAPTIVE-LIMIT-BOUNDS',
    order('adaptiveLimit: { initial: 201 }'),
    'initial must be from min to max (1 to 200), got 201',
    order('adaptiveLimit: { min: 300 }'),
  ],
  [
    'it has room to shrink',
    'WT-ISOLATION-ADAPTIVE-LIMIT-FIXED',
    order('adaptiveLimit: { min: 10, max: 10 }'),
    'min and max are both 10',
    order('adaptiveLimit: { min: 9, max: 10 }'),
  ],
  [
    'it can be smaller than its bulkhead',
    'WT-ISOLATION-ADAPTIVE-LIMIT-FIXED',
    order('adaptiveLimit: { min: 10 }, bulkhead: { concurrency: 10 }'),
    'its bulkhead lets 10 run, and min is 10',
    order('adaptiveLimit: { min: 9 }, bulkhead: { concurrency: 10 }'),
  ],
  [
    'it grows as far as its bulkhead, and no further',
    'WT-ISOLATION-TWO-LIMITS',
    order('adaptiveLimit: { max: 11 }, bulkhead: { concurrency: 10 }'),
    'may grow to 11, where its bulkhead lets 10 run',
    order('adaptiveLimit: { max: 10 }, bulkhead: { concurrency: 10 }'),
  ],
  [
    'nobody waits for it longer than for an answer',
    'WT-ISOLATION-LIMIT-OUTLIVES-PATIENCE',
    order('adaptiveLimit: { maxWait: 3s }, timeout: { total: 3s }'),
    'maxWait must be below the total of 3s, got 3s',
    order('adaptiveLimit: { maxWait: 3s, queue: 0 }, timeout: { total: 3s }'),
  ],
  [
    'it bounds what a slow callee takes up, as a bulkhead does',
    'WT-ISOLATION-NO-BULKHEAD',
    order('timeout: { total: 3s }'),
    'the call has no bulkhead',
    order('timeout: { total: 3s }, adaptiveLimit: {}'),
  ],
  [
    'there are no requests to limit where no HTTP is spoken',
    'WT-ENFORCE-NOT-HTTP',
    order('adaptiveLimit: {}', 'protocol: tcp'),
    'adaptiveLimit would do nothing',
    order('bulkhead: { connections: 5 }', 'protocol: tcp'),
  ],
]

describe.each([
  ['timeouts', timeouts],
  ['isolation', isolation],
  ['adaptive limits', adaptive],
  ['availability', objectives],
  ['operations', operations],
  ['data', data],
])('%s', (_group, cases) => {
  it.each(cases)('%s (%s)', (_story, code, broken, says, whole) => {
    expect(found(broken, code).join('\n')).toContain(says)
    expect(found(whole, code)).toEqual([])
  })
})
