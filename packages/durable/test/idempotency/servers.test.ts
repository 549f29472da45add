import { virtualClock } from '@watertight/policy/testing'
import { describe, expect, inject, test } from 'vitest'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { charging, expectProblem, heldCharging, key, started } from './charging.js'
import { scopesContract } from './scopes-contract.js'
import { servers, type StartServer } from './servers.js'
import { leavingContract } from './leaving-contract.js'
import { timesContract } from './times-contract.js'

const kept = ({ status, headers }: Response): unknown => ({
  status,
  headers: [...headers].filter(([name]) => !/^(date|idempotent-replayed|x-request-id)$/.test(name)),
})

const here =
  inject('packedFolder') === undefined ? servers : (await import('./packed-servers.js')).packedServers

describe.each(Object.entries(here))('idempotency on %s', (name, start) => {
  repeats(start)
  endings(start)
  limits(start)
  scopesContract(name, start)
  timesContract(start)
  leavingContract(start)
})

function repeats(start: StartServer): void {
  test('a request that comes again is answered with the same status, headers and bytes, and runs once', async () => {
    const charges = charging()
    const post = await started(start, charges.work)
    const first = await post(key('k'))
    const bytes = Buffer.from(await first.arrayBuffer())
    const second = await post(key('"k"'))
    expect(charges.count).toBe(1)
    expect(bytes.toString()).toContain('charge 1 of {"amount":1} \u2713')
    expect(Buffer.from(await second.arrayBuffer())).toEqual(bytes)
    expect(kept(second)).toEqual(kept(first))
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(first.headers.get('x-charge')).toBe('c-1')
    expect(Date.parse(second.headers.get('idempotency-key-expires')!)).toBeGreaterThan(Date.now())
  })

  test('without a key, with a wrong one, and with that of another payload it is refused, and nothing runs', async () => {
    const charges = charging()
    const post = await started(start, charges.work)
    await post(key('k'))
    await expectProblem(await post({}), 400, 'WT_IDEMPOTENCY_KEY_MISSING')
    await expectProblem(await post(key('a,b')), 400, 'WT_IDEMPOTENCY_KEY_INVALID')
    await expectProblem(await post(key('k'), '{"amount":2}'), 422, 'WT_IDEMPOTENCY_KEY_REUSED')
    expect(charges.count).toBe(1)
  })

  test('while the first runs, the second meets 409 and another payload 422; afterwards the answer is there', async () => {
    const charges = heldCharging()
    const post = await started(start, charges.work)
    const first = post(key('k'))
    await expect.poll(() => charges.count).toBe(1)
    await expectProblem(await post(key('k')), 409, 'WT_IDEMPOTENCY_IN_FLIGHT')
    await expectProblem(await post(key('k'), '{"amount":2}'), 422, 'WT_IDEMPOTENCY_KEY_REUSED')
    charges.go()
    expect((await first).status).toBe(201)
    expect((await post(key('k'))).status).toBe(201)
    expect(charges.count).toBe(1)
  })

  test('fifty at once that wait for the answer all get it, and one runs', async () => {
    const charges = charging()
    const post = await started(start, charges.work, { inFlight: { waitMs: 20_000 } })
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(key('k'))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1)
    expect(charges.count).toBe(1)
  })
}

function endings(start: StartServer): void {
  test('a handler that fails after its effect does not run again: its 500 is the answer', async () => {
    const charges = charging()
    const post = await started(start, async (body) => {
      await charges.work(body)
      throw new Error('the receipt could not be sent')
    })
    expect((await post(key('k'))).status).toBe(500)
    const second = await post(key('k'))
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([500, 'true'])
    expect(charges.count).toBe(1)
  })
}

function limits(start: StartServer): void {
  test('an answer too long to be kept is sent whole; the next try learns that it was done, and nothing runs', async () => {
    const charges = charging(() => ({ body: 'x'.repeat(5_000) }))
    const post = await started(start, charges.work, { answerBytesMax: 1_000 })
    expect((await (await post(key('k'))).text()).length).toBe(5_000)
    await expectProblem(await post(key('k')), 409, 'WT_IDEMPOTENCY_ANSWER_NOT_KEPT')
    expect(charges.count).toBe(1)
  })

  test('a body too long to be compared is refused, and leaves its key to another one', async () => {
    const charges = charging()
    const post = await started(start, charges.work, { requestBytesMax: 1_000 })
    await expectProblem(await post(key('k'), 'x'.repeat(2_000)), 413, 'WT_BODY_TOO_LARGE')
    expect(charges.count).toBe(0)
    expect((await post(key('k'))).status).toBe(201)
  })

  test('while the store does not answer, a request is told to come again, and nothing runs', async () => {
    const charges = charging()
    const store = new MemoryIdempotencyStore()
    store.claim = () => Promise.reject(new Error('the database is away'))
    const post = await started(start, charges.work, { store, clock: virtualClock() })
    const refused = await post(key('k'))
    expect(refused.headers.get('retry-after')).toBe('1')
    await expectProblem(refused, 503, 'WT_IDEMPOTENCY_STORE_UNAVAILABLE')
    expect(charges.count).toBe(0)
    Reflect.deleteProperty(store, 'claim')
    expect((await post(key('k'))).status).toBe(201)
  })
}
