import { expect, onTestFinished } from 'vitest'
import { createIdempotency } from '../../src/idempotency/idempotency.js'
import type { IdempotencyOptions } from '../../src/idempotency/idempotency-options.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import type { RunningServer, StartServer, Work } from './servers.js'

export const key = (name: string): Record<string, string> => ({
  'idempotency-key': name,
  'content-type': 'application/json',
})

/** Where a request goes. Default `POST /charges`. */
export interface Place {
  readonly method?: 'POST' | 'PATCH' | 'GET'
  readonly path?: string
}

/** Sends a request to a server that runs until the test has ended. */
export interface Send {
  (headers: Record<string, string>, body?: string, place?: Place): Promise<Response>
  readonly url: string
  readonly connections: RunningServer['connections']
}

export async function started(
  start: StartServer,
  work: Work,
  options: Partial<IdempotencyOptions> = {},
): Promise<Send> {
  const idempotency = createIdempotency({
    store: new MemoryIdempotencyStore(),
    caller: (request) => request.header('x-account') ?? 'all',
    onError: () => undefined,
    ...options,
  })
  const server = await start(idempotency, work)
  onTestFinished(() => server.close())
  const send = (
    headers: Record<string, string>,
    body: string = '{"amount":1}',
    { method = 'POST', path = '/charges' }: Place = {},
  ): Promise<Response> => fetch(server.url + path, { method, headers, ...(method !== 'GET' && { body }) })
  return Object.assign(send, { url: server.url, connections: () => server.connections() })
}

export interface Charges {
  count: number
  work: Work
}

/** Charges, and says how often it has. */
export function charging(
  change: (count: number, body: string) => Partial<Awaited<ReturnType<Work>>> = () => ({}),
): Charges {
  const charges = {
    count: 0,
    work: async (body: string) => {
      charges.count += 1
      await Promise.resolve()
      return {
        status: 201,
        headers: { 'x-charge': `c-${charges.count}`, 'content-type': 'text/plain; charset=utf-8' },
        body: `charge ${charges.count} of ${body} \u2713`,
        ...change(charges.count, body),
      }
    },
  }
  return charges
}

/** The same, of which the first does not end before it is told to. */
export function heldCharging(): Charges & { readonly go: () => void } {
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  const charges = charging()
  const { work } = charges
  charges.work = async (body) => {
    const isFirst = charges.count === 0
    const answer = await work(body)
    if (isFirst) await gate
    return answer
  }
  return Object.assign(charges, { go })
}

/** A problem of RFC 9457, whose type and title are those of its code. */
export async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  expect([response.status, response.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json',
  ])
  const words = code.replace('WT_', '').toLowerCase().split('_')
  expect(await response.json()).toMatchObject({
    type: `urn:watertight:problem:${words.join('-')}`,
    title: words.join(' '),
    status,
    code,
    detail: expect.any(String),
  })
}
