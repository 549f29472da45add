import { constant } from '@watertight/policy'
import type { AttemptSpan, CallSpan, DestinationRecorder, Telemetry } from '@watertight/telemetry'
import { expect, it } from 'vitest'
import { createFetch, type FetchOptions } from '../../src/index.js'
import { flakyUpstream, type UpstreamStep } from '../../src/testing/index.js'

/** Writes down everything that it is told, without times. */
class Notes implements Telemetry, DestinationRecorder {
  readonly lines: string[] = []
  readonly parts: string[] = []

  destination({ to, parts = {} }: Parameters<Telemetry['destination']>[0]): DestinationRecorder {
    this.lines.push(`destination ${to}`)
    this.parts.push(...Object.entries(parts).flatMap(([name, part]) => (part === undefined ? [] : [name])))
    return this
  }

  server(): never {
    throw new Error('a client has no server')
  }

  finished(route: string, outcome: string, status: number, durationMs: number): void {
    const lasted = durationMs > 0 ? '' : ' in no time'
    this.lines.push(`finished ${route}: ${outcome} ${status}${lasted}`)
  }

  attempted(status: number, errorCode: string): void {
    this.lines.push(`attempted ${status}${errorCode}`)
  }

  ejection(_endpoint: string, ejected: boolean): void {
    this.lines.push(ejected ? 'ejected' : 'back')
  }

  startSpan(method: string, route: string): CallSpan {
    const { lines } = this
    lines.push(`span ${method} ${route}`)
    return {
      traceId: 'trace-1',
      startAttempt: (attempt): AttemptSpan => ({
        inject: (headers) => {
          headers['traceparent'] = `trace-${attempt}`
          headers['baggage'] = 'from=span'
        },
        end: (status, error) =>
          void lines.push(
            `span of attempt ${attempt} ends: ${status}${error === undefined ? '' : ' with an error'}`,
          ),
      }),
      event: (name) => void lines.push(`event ${name}`),
      end: (outcome, status) => void lines.push(`span ends: ${outcome} ${status}`),
    }
  }
}

async function noted(
  script: readonly UpstreamStep[],
  options: Partial<FetchOptions>,
  signal?: AbortSignal,
): Promise<{ lines: readonly string[]; parts: readonly string[]; traces: unknown[] }> {
  await using upstream = await flakyUpstream({ script })
  const telemetry = new Notes()
  // The last one is never ejected.
  const others = options.ejection === undefined ? [] : ['http://127.0.0.1:9']
  const endpoints = [upstream.url, ...others]
  const send = createFetch({ endpoints, balance: 'round-robin', name: 'payment', telemetry, ...options })
  await send('/charges/7', { signal: signal ?? null, headers: { traceparent: 'given' } }).catch(
    () => undefined,
  )
  await send.destroy()
  const traces = upstream.requests.map(({ headers }) => headers['traceparent'])
  return { lines: telemetry.lines.slice(1), parts: telemetry.parts, traces }
}

const operations = { 'GET /charges/:id': true }
const retry = { attempts: 2, on: ['5xx'], backoff: constant({ ms: 5 }) } as const

it('hears of a call, its attempts and the waits between them', async () => {
  const { lines, traces } = await noted([{ times: 1, status: 503 }, {}], { retry, operations })
  // On a machine that is busy, a first attempt may have to wait too.
  expect(lines.slice(lines.indexOf('attempted 503')).includes('event wait')).toBe(true)
  expect(lines.filter((line) => line !== 'event wait')).toEqual([
    'span GET GET /charges/:id',
    'span of attempt 1 ends: 503',
    'attempted 503',
    'span of attempt 2 ends: 200',
    'attempted 200',
    'finished GET /charges/:id: success 200',
    'span ends: success 200',
  ])
  expect(traces).toEqual(['trace-1', 'trace-2'])
})

it('hears of failures, ejections and fallbacks', async () => {
  const ejection = { consecutiveFailures: 1, maxEjected: 1 }
  const { lines } = await noted([{ fault: 'reset' }], { retry: false, ejection, fallback: { status: 203 } })
  expect(lines.filter((line) => line !== 'event wait')).toEqual([
    'span GET GET *',
    'span of attempt 1 ends: 0 with an error',
    'ejected',
    'event ejection',
    'attempted 0WT_RESET',
    'event fallback',
    'finished GET *: fallback 203',
    'span ends: fallback 203',
  ])
})

it('hears of refusals and of callers who gave up', async () => {
  const bulkhead = { concurrency: 1 }
  const { lines, parts } = await noted([{}], { bulkhead, breaker: {}, rateLimit: { limit: 1, burst: 1 } })
  expect(lines.at(-1)).toBe('span ends: success 200')
  expect(parts.toSorted()).toEqual(['breaker', 'budget', 'bulkhead', 'rateLimit'])
  const aborted = await noted([{ fault: 'hang' }], {}, AbortSignal.timeout(20))
  expect(aborted.lines.slice(-2)).toEqual(['finished GET *: aborted 0', 'span ends: aborted 0'])

  const telemetry = new Notes()
  const send = createFetch({
    endpoints: 'http://127.0.0.1:1',
    telemetry,
    retry: false,
    breaker: { consecutiveFailures: 1 },
  })
  await send('/').catch(() => undefined)
  await send('/').catch(() => undefined)
  expect(telemetry.lines.slice(-3)).toEqual([
    'event refusal',
    'finished GET *: refused 0',
    'span ends: refused 0',
  ])
  await send.destroy()
})

it('hears of limits of attempts through the policies', async () => {
  await using upstream = await flakyUpstream({ script: [{ fault: 'hang' }] })
  const send = createFetch({ endpoints: upstream.url, timeout: { attemptMs: 20 }, retry: false })
  const seen: number[] = []
  send.policy.on('timeout', ({ timeoutMs }) => seen.push(timeoutMs))
  await expect(send('/')).rejects.toMatchObject({ timeoutMs: 20 })
  expect(seen).toEqual([20])
  await send.destroy()
})
