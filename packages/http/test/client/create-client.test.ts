import { defineSystem, type ManifestDocument, readManifest } from '@watertight/manifest'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type CalledService, createClient, type QueuedCall } from '../../src/index.js'
import type { FetchArguments } from '../../src/client/declared-calls.js'
import { flakyUpstream, type UpstreamStep } from '../../src/testing/index.js'
import { passingTime } from '../passing-time.js'

type Calls = NonNullable<ManifestDocument['services'][string]['calls']>

function systemOf(
  calls: Calls,
  policy: NonNullable<ManifestDocument['policies']>[string] = {},
): ManifestDocument {
  const callees = Object.fromEntries(Object.keys(calls).map((name) => [name, {}]))
  const standard = { timeout: { attempt: '1s', total: '3s' }, ...policy } as const
  return {
    watertight: 'v1',
    system: 'orders',
    policies: { standard },
    services: { order: { calls }, ...callees },
  }
}

const fast = { backoff: { initial: '1ms', max: '1ms' }, budget: 'off' } as const

/** Calls `payment` once, and tells what came of it. */
async function once(
  calls: Calls,
  script: readonly UpstreamStep[],
  init: RequestInit & { body?: string } = {},
  policy?: NonNullable<ManifestDocument['policies']>[string],
): Promise<{ status: number; attempts: number; headers: Record<string, unknown> }> {
  await using upstream = await flakyUpstream({ script })
  const client = createClient(defineSystem(systemOf(calls, policy)), {
    service: 'order',
    endpoints: { payment: upstream.url },
  })
  const { status } = await client['payment']!.fetch('/charges', init)
  await client.destroy()
  return { status, attempts: upstream.requests.length, headers: upstream.requests[0]!.headers }
}

const failing: readonly UpstreamStep[] = [{ status: 503 }]
const post = { method: 'POST', body: '{}' }

describe('a client of a manifest', () => {
  it('gives each call its policy', async () => {
    const calls: Calls = { payment: { policy: 'standard', retry: { attempts: 2, on: ['5xx'], ...fast } } }
    expect(await once(calls, failing)).toMatchObject({
      status: 503,
      attempts: 2,
      headers: { 'x-envoy-expected-rq-timeout-ms': '1000' },
    })
    expect(await once({ payment: { policy: 'standard' } }, failing)).toMatchObject({ attempts: 1 })
  })

  it('knows which operations may be repeated', async () => {
    const retry = { attempts: 3, on: ['5xx'], ...fast } as const
    const operations = { 'POST /charges': { idempotent: 'by-key' } } as const
    const calls: Calls = { payment: { policy: 'standard', retry, operations } }
    expect(await once(calls, failing, post)).toMatchObject({ attempts: 1 })
    const keyed = { ...post, headers: { 'idempotency-key': 'k-1' } }
    expect(await once(calls, failing, keyed)).toMatchObject({ attempts: 3 })
  })

  it('does not open the breaker for answers that the manifest takes as such', async () => {
    await using upstream = await flakyUpstream({ script: [{ times: 4, status: 503 }, { status: 500 }] })
    const breaker = { consecutiveFailures: 2 }
    const answers = [503]
    const system = defineSystem(systemOf({ payment: { policy: 'standard', breaker, answers, retry: 'off' } }))
    const client = createClient(system, { service: 'order', endpoints: { payment: upstream.url } })
    const { fetch } = client['payment']!
    const states: string[] = []
    for (let call = 1; call <= 6; call += 1) {
      await (await fetch('/charges')).text()
      states.push(fetch.breaker!.state)
    }
    expect(states).toEqual(['closed', 'closed', 'closed', 'closed', 'closed', 'open'])
    await client.destroy()
  })

  it('answers in the place of a callee that cannot', async () => {
    const fallback = { status: 200, body: { message: 'later' } }
    expect(await once({ payment: { policy: 'standard', fallback } }, failing)).toMatchObject({ status: 200 })
  })

  it('leaves everything but the deadline to the layer that enforces', async () => {
    for (const enforce of ['sidecar', 'mesh'] as const) {
      const calls: Calls = {
        payment: { policy: 'standard', enforce, retry: { attempts: 3, on: ['5xx'], ...fast } },
      }
      const seen = await once(calls, failing)
      expect(seen).toMatchObject({ status: 503, attempts: 1 })
      expect(Number(seen.headers['x-envoy-expected-rq-timeout-ms'])).toBeGreaterThan(2_500)
    }
  })

  it('keeps requests in the queue that the manifest names', async () => {
    const system = defineSystem(
      systemOf({ payment: { policy: 'standard', fallback: { queue: 'charges-later' } } }),
    )
    await using upstream = await flakyUpstream({ script: [{ fault: 'reset' }] })
    const kept: QueuedCall[] = []
    const options = { service: 'order', endpoints: () => upstream.url }
    expect(() => createClient(system, options)).toThrow(/onQueue must be given/)
    const client = createClient(system, { ...options, onQueue: (call) => void kept.push(call) })
    expect((await client['payment']!.fetch('/charges', post)).status).toBe(202)
    expect(kept).toMatchObject([{ to: 'payment', queue: 'charges-later', path: '/charges', body: '{}' }])
    await client.destroy()
  })

  it('reads what readManifest gives, and names with dashes', async () => {
    await using upstream = await flakyUpstream()
    const text = 'watertight: v1\nsystem: s\nservices: { a: { calls: { legacy-tax: {} } }, legacy-tax: {} }\n'
    const client = createClient(readManifest(text, 'watertight.yaml'), {
      service: 'a',
      endpoints: { 'legacy-tax': upstream.url },
    })
    expect((await client['legacy-tax']!.fetch('/')).status).toBe(200)
    await client.close()
  })

  it.each([
    [
      'a misspelt policy',
      'policy: standrd',
      'order.yaml:5:40 order > payment: there is no policy standrd; did you mean standard?',
    ],
    ['a misspelt section', 'policy: standard, timout: { total: 1s }', 'order.yaml:5:50 '],
    ['a number without a unit', 'policy: standard, timeout: { total: 500 }', 'order.yaml:5:68 '],
    ['a limit of nothing', 'policy: standard, timeout: { total: 0s }', 'order.yaml:5:68 '],
  ])('refuses %s with its place, instead of running without a protection', (_story, call, message) => {
    const text = `watertight: v1
system: s
policies: { standard: { timeout: { total: 1s }, breaker: {} } }
services:
  order: { calls: { payment: { ${call} } } }
  payment: {}
`
    const reading = readManifest(text, 'order.yaml')
    const options = { service: 'order', endpoints: { payment: 'http://127.0.0.1:1' } }
    expect(() => createClient(reading, options)).toThrow(`cannot create client: ${message}`)
  })

  it('names the call whose policies contradict one another', () => {
    const backoff = { initial: '2s', max: '1s' } as const
    const system = defineSystem(systemOf({ payment: { retry: { backoff } } }))
    const options = { service: 'order', endpoints: { payment: 'http://127.0.0.1:1' } }
    expect(() => createClient(system, options)).toThrow(
      'cannot create client: order > payment: cannot create exponential backoff: maxMs must be a finite number >= initialMs (2000), got 1000; watertight check says where',
    )
  })

  it('refuses a policy that does not exist in a model, too, and what is no manifest', () => {
    const text =
      'watertight: v1\nsystem: s\nservices: { a: { calls: { b: { policy: p }, c: { policy: p } } }, b: {}, c: {} }\n'
    const { system } = readManifest(text, 'w.yaml')
    const options = { service: 'a', endpoints: () => 'http://127.0.0.1:1' }
    expect(() => createClient(system!.model, options)).toThrow(
      'a > b: there is no policy p; watertight check lists',
    )
    expect(() => createClient(system!, options)).toThrow('(and 1 more: watertight check)')
    expect(() => createClient(readManifest('a: 1', 'w.yaml'), options)).toThrow(
      'cannot create client: w.yaml:1:1 ',
    )
  })

  it.each<[string, Partial<Parameters<typeof createClient>[1]>, RegExp]>([
    [
      'a service that is not there',
      { service: 'nobody' },
      /service must be one of order, payment, got 'nobody'/,
    ],
    ['a callee without endpoints', { endpoints: {} }, /endpoints\.payment must be given/],
    [
      'an endpoint that is no origin',
      { endpoints: { payment: 'ftp://x' } },
      /endpoints\[0\] must be an origin/,
    ],
  ])('refuses %s', (_name, options, message) => {
    const system = defineSystem(systemOf({ payment: { policy: 'standard' } }))
    const given = { service: 'order', endpoints: { payment: 'http://127.0.0.1:1' }, ...options }
    expect(() => createClient(system, given)).toThrow(message)
  })
})

describe('a manifest that changes', () => {
  const breaker = { consecutiveFailures: 5, openFor: '30s' } as const
  const base: Calls = { payment: { policy: 'standard', breaker } }

  it('is followed without losing what is known', async () => {
    await using upstream = await flakyUpstream({ script: failing })
    const client = createClient(defineSystem(systemOf(base)), {
      service: 'order',
      endpoints: () => upstream.url,
    })
    const payment = client['payment']!
    const seen: string[] = []
    payment.fetch.policy.on('retry', ({ type }) => seen.push(type))
    payment.fetch.policy.on('state', ({ to }) => seen.push(to))
    for (let call = 0; call < 3; call++) await payment.fetch('/')
    const retry = { attempts: 2, on: ['5xx'], ...fast } as const
    client.update(defineSystem(systemOf({ payment: { ...base['payment'], retry } })))
    // Two more failures in a row open the circuit: three were counted before the change.
    expect((await payment.fetch('/')).status).toBe(503)
    expect(payment.fetch.breaker!.state).toBe('open')
    expect(seen).toEqual(['retry', 'open'])
    await client.destroy()
  })

  it('calls where the document says, and follows it there with its counts and connections', async () => {
    await using first = await flakyUpstream({ script: failing })
    await using second = await flakyUpstream({ script: failing })
    const at = (...upstreams: readonly { url: string }[]) =>
      defineSystem({
        watertight: 'v1',
        system: 'orders',
        policies: { standard: { breaker: { consecutiveFailures: 3 } } },
        services: {
          order: { calls: { payment: { policy: 'standard' } } },
          payment: { endpoints: upstreams.map(({ url }) => url) },
        },
      })
    const client = createClient(at(first), { service: 'order' })
    const payment = client['payment']!
    expect(payment.fetch.endpoints.map(({ origin }) => origin)).toEqual([first.url])
    await payment.fetch('/')
    client.update(at(first, second))
    await payment.fetch('/')
    client.update(at(second))
    expect(payment.fetch.endpoints.map(({ origin }) => origin)).toEqual([second.url])
    await payment.fetch(`${second.url}/`)
    expect(first.requests.length + second.requests.length).toBe(3)
    // Three in a row, wherever they were.
    expect(payment.fetch.breaker!.state).toBe('open')
    await expect(async () => payment.fetch(`${first.url}/`)).rejects.toThrow(/origin/)
    await client.destroy()
  })

  it('may add and remove callees', async () => {
    await using upstream = await flakyUpstream()
    const client = createClient(defineSystem(systemOf(base)), {
      service: 'order',
      endpoints: () => upstream.url,
    })
    client.update(defineSystem(systemOf({ loyalty: {} })))
    expect(client['payment']).toBeUndefined()
    expect((await client['loyalty']!.fetch('/')).status).toBe(200)
    await client.destroy()
  })

  it('changes nothing when it cannot be honoured', async () => {
    await using upstream = await flakyUpstream({ script: failing })
    const client = createClient(defineSystem(systemOf(base)), {
      service: 'order',
      endpoints: { payment: upstream.url },
    })
    const retry = { attempts: 3, on: ['5xx'], ...fast } as const
    const changed = systemOf({ payment: { policy: 'standard', retry }, loyalty: {} })
    expect(() => client.update(defineSystem(changed))).toThrow(/endpoints\.loyalty/)
    await client['payment']!.fetch('/')
    expect(upstream.requests).toHaveLength(1)
    expect(client['payment']!.fetch.breaker).toBeDefined()
    await client.destroy()
  })
})

it('shares the circuit of a policy whose instance is shared', async () => {
  await using upstream = await flakyUpstream({ script: failing })
  const policy = { instance: 'shared', breaker: { consecutiveFailures: 2 } } as const
  const system = defineSystem(
    systemOf({ payment: { policy: 'standard' }, bank: { policy: 'standard' } }, policy),
  )
  const client = createClient(system, { service: 'order', endpoints: () => upstream.url })
  await client['payment']!.fetch('/')
  await client['bank']!.fetch('/')
  await expect(client['payment']!.fetch('/')).rejects.toMatchObject({ code: 'WT_CIRCUIT_OPEN' })
  await client.destroy()
})

it('observes without enforcing', async () => {
  using time = passingTime()
  await using upstream = await flakyUpstream({ script: [{ status: 503, latency: 50 }] })
  const calls: Calls = {
    payment: {
      policy: 'standard',
      mode: 'observe',
      timeout: { attempt: '1ms' },
      retry: { attempts: 3, on: ['5xx'], ...fast },
      breaker: { consecutiveFailures: 2 },
      rateLimit: { limit: 3, per: '1m' },
      bulkhead: { concurrency: 1, queue: 0 },
      ejection: { consecutiveFailures: 1, maxEjected: '100%' },
      fallback: { status: 200 },
    },
  }
  const client = createClient(defineSystem(systemOf(calls)), {
    service: 'order',
    // Two, for the last one is never ejected.
    endpoints: () => [upstream.url, upstream.url.replace('127.0.0.1', 'localhost')],
  })
  const { fetch: send } = client['payment']!
  const refusals: string[] = []
  send.policy.on('would-refuse', ({ policy }) => refusals.push(policy))
  const five = Promise.all([send('/'), send('/'), send('/'), send('/'), send('/')])
  const statuses = await time.during(five)
  expect(statuses.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
  expect(upstream.requests).toHaveLength(5)
  expect(upstream.requests[0]!.headers).not.toHaveProperty('x-envoy-expected-rq-timeout-ms')
  await time.during(send('/'))
  expect(send.observations).toEqual({ refused: 8, timedOut: 6, retried: 6 })
  expect(new Set(refusals)).toEqual(new Set(['bulkhead', 'rate-limit', 'circuit-breaker']))
  expect(send.endpoints.some(({ ejected }) => ejected)).toBe(true)
  await client.destroy()
})

it('is typed by what the manifest declares', () => {
  type Charges = { method: 'POST'; path: '/charges' } | { method: 'GET'; path: `/charges/${string}` }
  type Arguments = Parameters<CalledService<Charges>['fetch']>
  expectTypeOf<['/charges', { method: 'POST' }]>().toExtend<Arguments>()
  expectTypeOf<['/charges/c-1?full=1']>().toExtend<Arguments>()
  expectTypeOf<['/chargs', { method: 'POST' }]>().not.toExtend<Arguments>()
  expectTypeOf<['/charges']>().not.toExtend<Arguments>()
  expectTypeOf<[string]>().toExtend<FetchArguments<{ method: string; path: string }>>()
})

it.each([
  [{ service: 'order', endpoints: 7 }, 'endpoints must be an object of origins by the names of callees'],
  [{ endpoints: {} }, 'service must be a text that is not empty, got undefined'],
  [{ service: 'order', endpoints: {}, transprot: 1 }, "unknown option 'transprot'; did you mean transport?"],
  [undefined, 'options must be an object, got undefined'],
])('says what is missing of its options: %j', (options, message) => {
  const system = defineSystem(systemOf({}))
  expect(() => createClient(system, options as never)).toThrow(`cannot create client: ${message}`)
})

it.each([
  ['watertight.yaml', "got 'watertight.yaml'"],
  [Promise.resolve(defineSystem(systemOf({}))), 'got a promise'],
  [undefined, 'got undefined'],
])('says what it makes a client of, before anything else: %j', (system, got) => {
  expect(() => createClient(system as never, { service: 'order' })).toThrow(
    `cannot create client: the system must be what readManifest or defineSystem gives, ${got}`,
  )
})

it.each([
  [{}, 'got none'],
  [{ paymnt: 'http://127.0.0.1:7003' }, 'got endpoints.paymnt instead'],
])('says which callee has no endpoints, and what may stand for them: %j', (endpoints, got) => {
  const create = (): unknown =>
    createClient(defineSystem(systemOf({ payment: {} })), { service: 'order', endpoints })
  expect(create).toThrow(
    `cannot create client: endpoints.payment must be given, here or in the manifest, ${got}`,
  )
})

it('does not take a misspelt name for the wish to call where the document says', () => {
  const system = defineSystem({
    watertight: 'v1',
    system: 'orders',
    services: { order: { calls: { payment: {} } }, payment: { port: 7003 } },
  })
  const endpoints = { paymnt: 'http://127.0.0.1:7013' }
  expect(() => createClient(system, { service: 'order', endpoints })).toThrow('got endpoints.paymnt instead')
})
