import { describe, expect, it } from 'vitest'
import { explainCall } from '../src/explain/explain-call.js'
import { checkManifest } from '../src/findings/check-manifest.js'
import type { Finding } from '../src/findings/finding.js'
import { readManifest } from '../src/reading/read-manifest.js'

const HEAD = 'watertight: v1\nsystem: s\n'

function found(body: string, code: string): readonly Finding[] {
  const { findings } = checkManifest(HEAD + body)
  const unread = findings.filter(
    ({ severity, code: one }) => severity === 'error' && one.startsWith('WT-DOC-'),
  )
  expect(unread.map(({ message }) => message)).toEqual([])
  return findings.filter((finding) => finding.code === code)
}

const says = (body: string, code: string): string =>
  found(body, code)
    .map(({ message }) => message)
    .join('\n')

function explained(body: string, from: string, to: string) {
  const { system, source } = readManifest(HEAD + body, 'watertight.yaml')
  if (system === undefined) throw new Error('the test document is not readable')
  return explainCall({ ...system, source }, { from, to })
}

describe('attempts', () => {
  const diamond = (web: string): string => `policies:
  p: { timeout: { attempt: 9s, total: 40s }, retry: { attempts: 3 }, breaker: {}, bulkhead: {} }
services:
  ${web}
  front: { calls: { a: { policy: p }, b: { policy: p }, c: { policy: p }, d: { policy: p } } }
  a: { calls: { x: { policy: p } } }
  b: { calls: { x: { policy: p } } }
  c: { calls: { x: { policy: p } } }
  d: { calls: { x: { policy: p } } }
  x: {}
`

  it('of four ways to one service add up there', () => {
    expect(says(diamond('other: {}'), 'WT-RETRY-AMPLIFICATION')).toContain(
      'one request to front can become 36 at x: 4 ways, the worst front > a > x (3 x 3 = 9)',
    )
    const web = diamond('web: { calls: { front: { policy: p } } }')
    expect(says(web, 'WT-RETRY-AMPLIFICATION')).toContain('can become 108 at x')
    expect(explained(web, 'web', 'front').attempts).toMatchObject({
      wire: 3,
      downstream: 108,
      busiest: 'x',
      ways: 4,
    })
  })

  it('are told where retries bring them, also beside a service that more ways lead to without any', () => {
    const between = Array.from({ length: 20 }, (_, index) => `b${index}`)
    const body = (attempts: number): string => `services:
  front: { calls: { ${between.map((name) => `${name}: {}`).join(', ')}, a: {} } }
${between.map((name) => `  ${name}: { calls: { shared: {} } }\n`).join('')}  shared: {}
  a: { calls: { z: { timeout: { attempt: 1s, total: 30s }, retry: { attempts: ${attempts} } } } }
  z: {}
`
    expect(says(body(12), 'WT-RETRY-AMPLIFICATION')).toContain('one request to front can become 12 at z')
    expect(says(body(2), 'WT-RETRY-AMPLIFICATION')).toBe('')
  })

  it('of three and three are told, though they are below the limit', () => {
    const body = `services:
  a: { calls: { b: { timeout: { attempt: 1s, total: 9s }, retry: { attempts: 3 } } } }
  b: { calls: { c: { timeout: { attempt: 1s, total: 9s }, retry: { attempts: 3 } } } }
  c: {}
`
    expect(found(body, 'WT-RETRY-NESTED')).toMatchObject([{ severity: 'note' }])
    expect(says(body, 'WT-RETRY-NESTED')).toContain('can become 9 at c, for 2 levels retry')
    expect(found(body, 'WT-RETRY-AMPLIFICATION')).toEqual([])
  })

  it('that repeat only what never left are safe for any operation', () => {
    const body = (enforce: string, on: string): string => `policies:
  p: { timeout: { attempt: 1s, total: 3s }, retry: { attempts: 2, on: [${on}] }, breaker: {}, bulkhead: {} }
services:
  order: { enforce: ${enforce}, calls: { pay: { policy: p, operations: { POST /charges: { idempotent: false } } } } }
  pay: {}
`
    expect(found(body('mesh', 'connect-failure, refused-stream'), 'WT-RETRY-UNSAFE')).toEqual([])
    expect(found(body('process', '5xx, reset'), 'WT-RETRY-UNSAFE')).toEqual([])
    expect(says(body('mesh', '5xx'), 'WT-RETRY-UNSAFE')).toContain('may send it 2 times')
  })

  it('of a gateway send a POST twice', () => {
    const body = (methods: string): string => `services: { a: {} }
gateway:
  timeout: { attempt: 2s, total: 9s }
  retry: { attempts: 3, on: [5xx] }
  routes: [{ match: { path: /charges${methods} }, to: a }]
`
    expect(says(body(', methods: [GET, POST]'), 'WT-RETRY-UNSAFE')).toContain('POST is not idempotent')
    expect(found(body(', methods: [GET]'), 'WT-RETRY-UNSAFE')).toEqual([])
    expect(says(body(''), 'WT-RETRY-UNDECLARED')).toContain('/charges takes every method')
  })

  it('of a layer that cannot know are told where no operation is declared', () => {
    const body = (enforce: string): string => `services:
  a: { enforce: ${enforce}, calls: { b: { timeout: { attempt: 1s, total: 3s }, retry: { on: [5xx, attempt-timeout] } } } }
  b: {}
`
    expect(says(body('mesh'), 'WT-RETRY-UNDECLARED')).toContain('what a sends to b may be sent again')
    expect(found(body('process'), 'WT-RETRY-UNDECLARED')).toEqual([])
  })
})

describe('availability', () => {
  it('counts a dependency once, however many ways lead to it', () => {
    const body = (objective: string): string => `policies:
  p: { timeout: { attempt: 1s, total: 1s }, breaker: {}, bulkhead: {} }
  q: { timeout: { attempt: 4s, total: 4s }, breaker: {}, bulkhead: {} }
services:
  front: { objective: { availability: ${objective} }, calls: { a: { policy: q }, b: { policy: q } } }
  a: { calls: { db: { policy: p } } }
  b: { calls: { db: { policy: p } } }
  db: { objective: { availability: 99.9% } }
`
    expect(found(body('99.85%'), 'WT-AVAILABILITY-IMPOSSIBLE')).toEqual([])
    expect(says(body('99.95%'), 'WT-AVAILABILITY-IMPOSSIBLE')).toContain('(db) allows 99.9% at most')
  })

  it('takes a promise that is told by another one for no failure of its own', () => {
    const body = `services:
  front: { objective: { availability: 99.9% }, calls: { checkout: {}, cart: {} } }
  checkout: { objective: { availability: 99.9% }, calls: { cart: {} } }
  cart: { objective: { availability: 99.95% } }
`
    expect(found(body, 'WT-AVAILABILITY-IMPOSSIBLE')).toEqual([])
  })

  it('lets a last good answer stand in for what reads, and not for what writes', () => {
    const body = (operation: string, fallback: string): string => `services:
  a:
    objective: { availability: 99.9% }
    calls: { b: { operations: { ${operation}: { idempotent: by-key } }, fallback: { ${fallback} } } }
  b: { objective: { availability: 99% } }
`
    expect(found(body('GET /x', 'cache: { maxAge: 1m }'), 'WT-AVAILABILITY-IMPOSSIBLE')).toEqual([])
    expect(says(body('POST /x', 'cache: { maxAge: 1m }'), 'WT-AVAILABILITY-IMPOSSIBLE')).toContain(
      '99% at most',
    )
    expect(found(body('POST /x', 'queue: later'), 'WT-AVAILABILITY-IMPOSSIBLE')).toEqual([])
    expect(says(body('GET /x', 'queue: later'), 'WT-AVAILABILITY-IMPOSSIBLE')).toContain('99% at most')
  })

  it('warns of a circle, which may be two requests', () => {
    const body = 'services: { a: { calls: { b: {} } }, b: { calls: { a: {} } } }\n'
    expect(found(body, 'WT-AVAILABILITY-CYCLE')).toMatchObject([{ severity: 'warning' }])
  })
})

describe('time', () => {
  it('that a healthy callee may take is above the limit of an attempt', () => {
    const body = (attempt: string): string => `services:
  order: { calls: { pay: { timeout: { attempt: ${attempt}, total: 9s }, retry: { attempts: 3, on: [attempt-timeout, 503] } } } }
  pay: { objective: { latency: { p50: 600ms, p99: 2s } } }
`
    expect(says(body('500ms'), 'WT-TIMEOUT-BELOW-LATENCY')).toContain(
      'waits 500ms for an attempt at pay, which promises p99 2s, p50 600ms: a healthy pay is given up on and asked again',
    )
    expect(found(body('2s'), 'WT-TIMEOUT-BELOW-LATENCY')).toEqual([])
  })

  it('of calls that follow each other adds up, and is told where the document does not say', () => {
    const body = (order: string): string => `services:
  web: { calls: { a: { timeout: { attempt: 3s, total: 3s } } } }
  a: { ${order}calls: { b: { timeout: { total: 2s } }, c: { timeout: { total: 2s } }, d: { timeout: { total: 2s } } } }
  b: {}
  c: {}
  d: {}
`
    const sequential = body('callOrder: sequential, ')
    expect(says(sequential, 'WT-TIMEOUT-ABANDONED-WORK')).toContain(
      'may itself wait 6s for its 3 calls, one after the other',
    )
    expect(found(body('callOrder: parallel, '), 'WT-TIMEOUT-ABANDONED-WORK')).toEqual([])
    expect(found(body('callOrder: parallel, '), 'WT-TIMEOUT-CALL-ORDER')).toEqual([])
    expect(found(body(''), 'WT-TIMEOUT-CALL-ORDER')).toMatchObject([{ severity: 'note' }])
    expect(says(body(''), 'WT-TIMEOUT-CALL-ORDER')).toContain('whose calls may take 6s one after the other')
  })

  it('is multiplied by the library that the caller uses', () => {
    const body = `services:
  web: { calls: { order: { timeout: { attempt: 5s, total: 5s } } } }
  order: { calls: { pay: { timeout: { attempt: 2s, total: 2s }, clientAttempts: 5 } } }
  pay: {}
`
    expect(explained(body, 'order', 'pay')).toMatchObject({ longestMs: 10_000, attempts: { wire: 5 } })
    expect(says(body, 'WT-TIMEOUT-ABANDONED-WORK')).toContain('may itself wait 10s')
  })

  it('for a retry after a hang needs a limit of the attempt, and a condition that covers it', () => {
    const body = (on: string): string => `policies:
  p: { timeout: { total: 6s }, retry: { attempts: 3${on} } }
services: { order: { calls: { pay: { policy: p } } }, pay: {} }
`
    const hint = (text: string): string =>
      found(text, 'WT-TIMEOUT-NO-ATTEMPT')
        .map((one) => one.hint)
        .join()
    // The conditions by default hold reset, which means any attempt without an answer.
    expect(hint(body(''))).toBe('write attempt: 2s beside total')
    expect(hint(body(', on: [connect-failure, 503]'))).toContain('and add attempt-timeout to retry.on')
  })
})

describe('what can never act is found', () => {
  const policy = (sections: string): string =>
    `policies:\n  p: { ${sections} }\nservices: { a: { calls: { b: { policy: p } } }, b: {} }\n`

  it.each([
    [
      'a retry whose first wait outlasts the total',
      'WT-RETRY-NEVER-RUNS',
      'timeout: { total: 3s }, retry: { backoff: { initial: 4s, max: 9s, jitter: none } }',
      'timeout: { total: 5s }, retry: { backoff: { initial: 4s, max: 9s, jitter: none } }',
    ],
    [
      'a retry after a limit that no attempt has',
      'WT-RETRY-NEVER-RUNS',
      'timeout: { total: 3s }, retry: { on: [attempt-timeout] }',
      'timeout: { attempt: 900ms, total: 3s }, retry: { on: [attempt-timeout] }',
    ],
    [
      'a hedge that would follow the end of its attempt',
      'WT-RETRY-HEDGE-NEVER-SENT',
      'timeout: { attempt: 1s, total: 3s }, hedge: { after: 1s }',
      'timeout: { attempt: 1s, total: 3s }, hedge: { after: 999ms }',
    ],
    [
      'a wait in a queue that has no places',
      'WT-ISOLATION-WAIT-WITHOUT-QUEUE',
      'timeout: { total: 3s }, bulkhead: { maxWait: 100ms }',
      'timeout: { total: 3s }, bulkhead: { queue: 1, maxWait: 100ms }',
    ],
    [
      'a breaker that sees too few calls of a callee that hangs',
      'WT-ISOLATION-BREAKER-NEVER-OPENS',
      'timeout: { attempt: 5s, total: 5s }, bulkhead: { concurrency: 4 }, breaker: { window: { duration: 10s }, minimumCalls: 9 }',
      'timeout: { attempt: 5s, total: 5s }, bulkhead: { concurrency: 4 }, breaker: { window: { duration: 10s }, minimumCalls: 8 }',
    ],
  ])('%s', (_story, code, broken, whole) => {
    expect(found(policy(broken), code)).toHaveLength(1)
    expect(found(policy(whole), code)).toEqual([])
  })
})

describe('what is around a service', () => {
  it('may say the same port as another one that runs in a container of its own', () => {
    expect(found('services: { a: { port: 8080 }, b: { port: 8080 } }\n', 'WT-DOC-PORT-SHARED')).toMatchObject(
      [{ severity: 'note' }],
    )
    const { findings } = checkManifest(
      `${HEAD}services: { a: { run: node a.js, port: 80 }, b: { run: node b.js, port: 80 } }\n`,
    )
    expect(findings.filter(({ code }) => code === 'WT-DOC-PORT-CLASH')).toMatchObject([{ severity: 'error' }])
  })

  it('is ours when the document says how it runs, and not when it says external', () => {
    const body = (more: string): string =>
      `services:\n  a: { port: 80, objective: { availability: 99.95% }, scale: { min: 1, max: 1 }${more} }\n`
    expect(found(body(''), 'WT-AVAILABILITY-ONE-REPLICA')).toHaveLength(1)
    expect(found(body(''), 'WT-OPERATIONS-NO-PROBES')).toHaveLength(1)
    expect(found(body(', external: true'), 'WT-AVAILABILITY-ONE-REPLICA')).toEqual([])
    expect(found(body(', external: true'), 'WT-OPERATIONS-NO-PROBES')).toEqual([])
  })

  it('is noted for its probes when the document says whom it calls alone, and warned of when it says how it runs', () => {
    const body = (run: string): string => `services:\n  a: { ${run}calls: { b: {} } }\n  b: {}\n`
    expect(found(body(''), 'WT-OPERATIONS-NO-PROBES')).toMatchObject([{ severity: 'note' }])
    expect(found(body('run: node a.js, '), 'WT-OPERATIONS-NO-PROBES')).toMatchObject([
      { severity: 'warning' },
    ])
  })

  it('that another layer is to enforce is told which layers can', () => {
    const body = `enforce: sidecar
policies: { p: { timeout: { total: 1s }, breaker: {}, bulkhead: {} } }
services:
  a: { calls: { b: { policy: p, fallback: { queue: later } } } }
  b: {}
`
    expect(found(body, 'WT-ENFORCE-NOT-EXPRESSIBLE').map(({ hint }) => hint)).toEqual([
      'write enforce: process for this call, or remove the part',
    ])
  })
})

describe('one cause is told once', () => {
  const body = `policies: { p: { timeout: { total: 3s }, bulkhead: {} }, q: { timeout: { total: 3s }, bulkhead: {} } }
services:
  a: { calls: { b: { policy: p }, c: { policy: p }, d: { policy: p }, e: { policy: q } } }
  b: {}
  c: {}
  d: {}
  e: {}
`

  it('with the others by name and place, and their count', () => {
    const [first, second, ...none] = found(body, 'WT-ISOLATION-NO-BREAKER')
    expect(none).toEqual([])
    expect(first?.message).toContain('(and 2 more: a > c, a > d)')
    expect(first?.also).toMatchObject([
      { path: 'services.a.calls.c', line: 5 },
      { path: 'services.a.calls.d' },
    ])
    expect(second).toMatchObject({ path: 'services.a.calls.e', also: [] })
  })

  it('but for those that the document silences', () => {
    const rule =
      'findings: { WT-ISOLATION-NO-BREAKER: { severity: off, reason: x, at: services.a.calls.c } }\n'
    expect(found(body + rule, 'WT-ISOLATION-NO-BREAKER')[0]?.message).toContain('(and 1 more: a > d)')
  })
})
