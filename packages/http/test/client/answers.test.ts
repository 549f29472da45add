import { constant } from '@watertight/policy'
import { createTelemetry } from '@watertight/telemetry'
import { describe, expect, it } from 'vitest'
import { createFetch, type FetchOptions } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'

/** Everything that could judge, ready to do so at the first failure. */
const judges: Partial<FetchOptions> = {
  name: 'payment',
  retry: { attempts: 3, on: ['5xx'], backoff: constant({ ms: 0 }) },
  breaker: { consecutiveFailures: 1 },
  ejection: { consecutiveFailures: 1, maxEjected: 1 },
  fallback: { status: 200, body: { from: 'fallback' } },
}

interface Seen {
  readonly status: number
  readonly requests: number
  readonly breaker: string | undefined
  readonly ejected: boolean
  readonly counted: readonly string[]
}

async function seen(options: Partial<FetchOptions>): Promise<Seen> {
  await using upstream = await flakyUpstream({ script: [{ status: 503 }] })
  const telemetry = createTelemetry({ service: 'order' })
  // Two, for the last one is never ejected.
  const endpoints = [upstream.url, upstream.url.replace('127.0.0.1', 'localhost')]
  const send = createFetch({ endpoints, telemetry, ...judges, ...options })
  const { status } = await send('/charges')
  const text = telemetry.expose().body
  const counted = [...text.matchAll(/^watertight_client_requests_total\{.*outcome="(\w+)"/gm)].map(
    ([, outcome]) => outcome!,
  )
  const found = {
    status,
    requests: upstream.requests.length,
    breaker: send.breaker?.state,
    ejected: send.endpoints.some((endpoint) => endpoint.ejected),
    counted,
  }
  await send.destroy()
  return found
}

describe('a status that is an answer', () => {
  const passedOn: Seen = { status: 503, requests: 1, breaker: 'closed', ejected: false, counted: ['success'] }

  it('is no failure to anything that judges: circuit, ejection, retry, fallback, metric', async () => {
    expect(await seen({ answers: [503] })).toEqual(passedOn)
    expect(await seen({ answers: ['gateway-error'] })).toEqual(passedOn)
  })

  it('may still be said where it used to be', async () => {
    expect(await seen({ breaker: { consecutiveFailures: 1, answers: [503] } })).toEqual(passedOn)
  })

  it('is a failure to all of them where it is not said', async () => {
    expect(await seen({})).toMatchObject({
      status: 200,
      breaker: 'open',
      ejected: true,
      counted: ['fallback'],
    })
  })
})
