import { describe, expect, it } from 'vitest'
import { createFetch, type RequestScope } from '../../src/index.js'
import { inBackground, withScope } from '../../src/scope/current-scope.js'
import { flakyUpstream } from '../../src/testing/index.js'

const scope: RequestScope = {
  requestId: 'request-7',
  deadline: Infinity,
  priority: 3,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'vendor=1',
  baggage: 'tenant=blue',
}

/** The headers that arrive of one call. */
async function arriving(
  headers: Record<string, string>,
  within?: RequestScope,
): Promise<Record<string, unknown>> {
  await using upstream = await flakyUpstream()
  const send = createFetch({ endpoints: upstream.url })
  const call = async (): Promise<string> => (await send('/', { headers })).text()
  await (within === undefined ? call() : withScope(within, call))
  await send.destroy()
  return upstream.requests[0]!.headers
}

describe('what a call carries on', () => {
  it('is what the request is about that it is made for', async () => {
    expect(await arriving({}, scope)).toMatchObject({
      'x-request-id': 'request-7',
      'x-watertight-priority': '3',
      traceparent: scope.traceparent,
      tracestate: 'vendor=1',
      baggage: 'tenant=blue',
    })
  })

  it('is what its caller says, where he says something', async () => {
    const own = { 'X-Request-Id': 'own', Traceparent: 'own-trace', Baggage: 'a=b' }
    const seen = await arriving(own, scope)
    expect(seen).toMatchObject({ 'x-request-id': 'own', traceparent: 'own-trace', baggage: 'a=b' })
    expect(seen).not.toHaveProperty('tracestate')
  })

  it('is an id of its own where there is nothing to carry', async () => {
    const seen = await arriving({})
    expect(seen['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(seen).not.toHaveProperty('traceparent')
    expect(seen).not.toHaveProperty('x-watertight-priority')
  })

  it('gives way to others where nobody waits for it, in the course of a request or not, and is never more than it was', async () => {
    const priorityOf = async (work: () => Promise<Record<string, unknown>>): Promise<unknown> =>
      (await work())['x-watertight-priority']
    const later = (): Promise<Record<string, unknown>> => inBackground(() => arriving({}))
    expect(await priorityOf(later)).toBe('-1')
    expect(await priorityOf(() => withScope(scope, later))).toBe('-1')
    expect(await priorityOf(() => withScope({ ...scope, priority: -50 }, later))).toBe('-50')
    expect(await withScope(scope, later)).toMatchObject({
      'x-request-id': 'request-7',
      baggage: 'tenant=blue',
    })
  })
})
