import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { createIdempotency } from '../../src/idempotency/idempotency.js'
import type { IdempotencyOptions } from '../../src/idempotency/idempotency-options.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { servers, type RunningServer, type StartServer, type Work } from './servers.js'

const key = (name: string): Record<string, string> => ({
  'idempotency-key': name,
  'content-type': 'application/json',
})

let running: RunningServer | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

async function started(
  start: StartServer,
  work: Work,
  options: Partial<IdempotencyOptions> = {},
): Promise<(headers: Record<string, string>, body?: string) => Promise<Response>> {
  const idempotency = createIdempotency({
    store: new MemoryIdempotencyStore(),
    caller: (request) => request.header('x-account') ?? 'all',
    onError: () => undefined,
    ...options,
  })
  running = await start(idempotency, work)
  const { url } = running
  return (headers, body = '{"amount":1}') => fetch(`${url}/charges`, { method: 'POST', headers, body })
}

/** Charges, and says how often it has. */
function charging(change: (count: number) => Partial<Awaited<ReturnType<Work>>> = () => ({})): {
  count: number
  work: Work
} {
  const charges = {
    count: 0,
    work: async (body: string) => {
      charges.count += 1
      await Promise.resolve()
      return {
        status: 201,
        headers: { 'x-charge': `c-${charges.count}`, 'content-type': 'text/plain; charset=utf-8' },
        body: `charge ${charges.count} of ${body} \u2713`,
        ...change(charges.count),
      }
    },
  }
  return charges
}

const kept = ({ status, headers }: Response): unknown => ({
  status,
  headers: [...headers].filter(([name]) => !/^(date|idempotent-replayed|x-request-id)$/.test(name)),
})

const here =
  inject('packedFolder') === undefined ? servers : (await import('./packed-servers.js')).packedServers

describe.each(Object.entries(here))('idempotency on %s', (_name, start) => {
  repeats(start)
  endings(start)
  limits(start)
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
    const refusals = [await post({}), await post(key('a,b')), await post(key('k'), '{"amount":2}')]
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 422])
    for (const refusal of refusals) {
      expect(refusal.headers.get('content-type')).toBe('application/problem+json')
      expect(await refusal.json()).toMatchObject({ code: expect.stringMatching(/^WT_IDEMPOTENCY_KEY_/) })
    }
    expect(charges.count).toBe(1)
  })

  test('while the first runs, the second meets 409 and another payload 422; afterwards the answer is there', async () => {
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    const charges = charging()
    const post = await started(start, async (body) => {
      const answer = await charges.work(body)
      await gate
      return answer
    })
    const first = post(key('k'))
    await expect.poll(() => charges.count).toBe(1)
    expect((await post(key('k'))).status).toBe(409)
    expect((await post(key('k'), '{"amount":2}')).status).toBe(422)
    go()
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

  test('an answer that says "try again" is not kept', async () => {
    const charges = charging((count) => (count === 1 ? { status: 503 } : {}))
    const post = await started(start, charges.work)
    expect((await post(key('k'))).status).toBe(503)
    expect((await post(key('k'))).status).toBe(201)
    expect(charges.count).toBe(2)
  })

  test('a caller that hangs up before the answer finds it on its next try', async () => {
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    const charges = charging()
    const post = await started(
      start,
      async (body) => {
        const answer = await charges.work(body)
        await gate
        return answer
      },
      { inFlight: { waitMs: 20_000 } },
    )
    const leaving = httpRequest(`${running!.url}/charges`, { method: 'POST', headers: key('k') })
    leaving.on('error', () => undefined)
    leaving.end('{"amount":1}')
    await expect.poll(() => charges.count).toBe(1)
    leaving.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    go()
    const second = await post(key('k'))
    expect([second.status, await second.text()]).toEqual([201, 'charge 1 of {"amount":1} \u2713'])
    expect(charges.count).toBe(1)
  })
}

function limits(start: StartServer): void {
  test('the same key of two callers makes two charges', async () => {
    const charges = charging()
    const post = await started(start, charges.work)
    await post({ ...key('k'), 'x-account': 'ann' })
    const other = await post({ ...key('k'), 'x-account': 'bob' })
    expect(other.headers.get('idempotent-replayed')).toBeNull()
    expect(charges.count).toBe(2)
  })

  test('an answer too long to be kept is sent whole; the next try learns that it was done, and nothing runs', async () => {
    const charges = charging(() => ({ body: 'x'.repeat(5_000) }))
    const post = await started(start, charges.work, { answerBytesMax: 1_000 })
    expect((await (await post(key('k'))).text()).length).toBe(5_000)
    const second = await post(key('k'))
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ code: 'WT_IDEMPOTENCY_ANSWER_NOT_KEPT' })
    expect(charges.count).toBe(1)
  })

  test('a body too long to be compared is refused', async () => {
    const charges = charging()
    const post = await started(start, charges.work, { requestBytesMax: 1_000 })
    expect((await post(key('k'), 'x'.repeat(2_000))).status).toBe(413)
    expect(charges.count).toBe(0)
  })
}
