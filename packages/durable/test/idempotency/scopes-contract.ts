import { expect, test } from 'vitest'
import type { IdempotencyOptions } from '../../src/idempotency/idempotency-options.js'
import { charging, expectProblem, key, type Place, started } from './charging.js'
import type { StartServer } from './servers.js'

/** They have matched the route by the time that the middleware runs. */
const KNOWS_TEMPLATES: ReadonlySet<string> = new Set(['Fastify', 'Hono'])

const repeated = ({ headers }: Response): (string | null)[] => [
  headers.get('idempotent-replayed'),
  headers.get('idempotency-key-expires'),
]

/** Which requests a key makes safe, what it belongs to, and which answers are kept for it. */
export function scopesContract(name: string, start: StartServer): void {
  scopes(name, start)
  callers(start)
  payloads(start)
  refusals(start)
  keptAnswers(start)
}

function scopes(name: string, start: StartServer): void {
  test('a PATCH is guarded as a POST is, and a GET passes untouched, whatever key it has', async () => {
    const charges = charging()
    const send = await started(start, charges.work)
    const patch = { method: 'PATCH' } as const
    const first = await (await send(key('k'), '{}', patch)).text()
    const second = await send(key('k'), '{}', patch)
    expect([await second.text(), repeated(second)]).toEqual([first, ['true', expect.any(String)]])
    await expectProblem(await send({}, '{}', patch), 400, 'WT_IDEMPOTENCY_KEY_MISSING')
    expect(charges.count).toBe(1)
    for (const headers of [key('k'), key('k'), key('a,b'), {}]) {
      const got = await send(headers, undefined, { method: 'GET' })
      expect([got.status, repeated(got)]).toEqual([201, [null, null]])
    }
    expect(charges.count).toBe(5)
  })

  test('the same key of two callers, methods or routes makes a charge for each', async () => {
    const charges = charging()
    const send = await started(start, charges.work)
    const places: readonly (readonly [string, Place])[] = [
      ['ann', {}],
      ['bob', {}],
      ['ann', { method: 'PATCH' }],
      ['ann', { path: '/refunds' }],
    ]
    const told: string[] = []
    for (const [account, place] of [...places, ...places]) {
      const answer = await send({ ...key('k'), 'x-account': account }, '{}', place)
      told.push((await answer.text()).slice(0, 8))
    }
    const each = ['charge 1', 'charge 2', 'charge 3', 'charge 4']
    expect(told).toEqual([...each, ...each])
  })

  test.each<[string, Partial<IdempotencyOptions>, number]>([
    ['as the server tells it', {}, KNOWS_TEMPLATES.has(name) ? 422 : 201],
    ['as `route` tells it', { route: ({ path }) => path.slice(0, 8) }, 422],
  ])(
    'a key belongs to its route %s, and another path there is another payload',
    async (_, options, status) => {
      const send = await started(start, charging().work, options)
      expect((await send(key('k'), '{}', { path: '/charges/1' })).status).toBe(201)
      expect((await send(key('k'), '{}', { path: '/charges/2' })).status).toBe(status)
    },
  )
}

function callers(start: StartServer): void {
  test('a request whose caller has no name is refused and nothing runs: all without one would share their answers', async () => {
    const charges = charging()
    const send = await started(start, charges.work, {
      caller: (request) => request.header('x-account') ?? '',
    })
    expect((await send(key('k'))).status).toBe(500)
    expect((await send({ ...key('k'), 'x-account': 'ann' })).status).toBe(201)
    expect((await send(key('k'))).status).toBe(500)
    expect(charges.count).toBe(1)
  })
}

function payloads(start: StartServer): void {
  test('what `fingerprint` does not tell apart is the same payload', async () => {
    const lengths = (_request: unknown, body: Uint8Array): string => `${body.length}`
    const send = await started(start, charging().work, { fingerprint: lengths })
    const first = await (await send(key('k'), '{"amount":1}')).text()
    expect(await (await send(key('k'), '{"amount":2}')).text()).toBe(first)
    expect((await send(key('k'), '{"amount":12}')).status).toBe(422)
  })
}

function refusals(start: StartServer): void {
  test.each<[string, Partial<IdempotencyOptions>, readonly [charges: number, refunds: number]]>([
    ['unless it is said', {}, [400, 400]],
    ['where it is not asked for', { required: false }, [201, 201]],
    ['by the request', { required: ({ path }) => path === '/refunds' }, [201, 400]],
  ])('whether a request without a key is refused, %s', async (_, options, statuses) => {
    const charges = charging()
    const send = await started(start, charges.work, options)
    const told: number[] = []
    for (const path of ['/charges', '/refunds', '/charges', '/refunds'])
      told.push((await send({}, '{}', { path })).status)
    expect(told).toEqual([...statuses, ...statuses])
    const passed = told.filter((status) => status === 201).length
    expect(charges.count).toBe(passed)
    for (let tries = 0; tries < 2; tries += 1) await send(key('k'))
    expect(charges.count).toBe(passed + 1)
  })
}

function keptAnswers(start: StartServer): void {
  test.each<[string, Partial<IdempotencyOptions>, readonly number[], readonly number[]]>([
    ['all but "try again"', {}, [200, 400, 404, 422, 500, 502, 504], [409, 429, 503]],
    ['those that `keeps` wants', { keeps: (status) => status < 500 }, [200, 409, 429], [500, 503]],
  ])('answers are kept by their status: %s', async (_, options, kept, forgotten) => {
    const charges = charging((_count, body) => ({ status: Number(body) }))
    const send = await started(start, charges.work, options)
    const statuses = [...kept, ...forgotten]
    const replayed: number[] = []
    for (const status of [...statuses, ...statuses]) {
      const answer = await send(key(`k-${status}`), `${status}`)
      expect(answer.status).toBe(status)
      if (answer.headers.has('idempotent-replayed')) replayed.push(status)
      else expect(answer.headers.has('idempotency-key-expires')).toBe(kept.includes(status))
    }
    expect(replayed).toEqual(kept)
    expect(charges.count).toBe(statuses.length + forgotten.length)
  })
}
