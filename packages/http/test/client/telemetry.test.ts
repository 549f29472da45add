import { defineSystem } from '@watertight/manifest'
import { constant } from '@watertight/policy'
import { virtualClock } from '@watertight/policy/testing'
import {
  type AttemptSpan,
  type CallSpan,
  createTelemetry,
  type DestinationRecorder,
  type Telemetry,
} from '@watertight/telemetry'
import { expect, it } from 'vitest'
import { createClient, createFetch, type FetchOptions } from '../../src/index.js'
import { memoryUpstream, type UpstreamStep } from '../../src/testing/index.js'
import { inMemory, inMemoryAmong } from '../in-memory.js'

/** Writes down everything that it is told. */
class Notes implements Telemetry, DestinationRecorder {
  readonly lines: string[] = []
  readonly parts: string[] = []

  destination({ to, parts = {} }: Parameters<Telemetry['destination']>[0]): DestinationRecorder {
    this.lines.push(`destination ${to}`)
    this.parts.push(
      ...Object.entries(parts).flatMap(([name, part]) => (typeof part === 'object' ? [name] : [])),
    )
    return this
  }

  server(): never {
    throw new Error('a client has no server')
  }

  finished(route: string, outcome: string, status: number, durationMs: number): void {
    this.lines.push(`finished ${route}: ${outcome} ${status} in ${durationMs} ms`)
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
): Promise<{ lines: readonly string[]; parts: readonly string[]; traces: unknown[] }> {
  const telemetry = new Notes()
  // The last one is never ejected.
  const scripts = options.ejection === undefined ? [script] : [script, [{}]]
  using test = inMemoryAmong(scripts, { balance: 'round-robin', name: 'payment', telemetry, ...options })
  const init = { headers: { traceparent: 'given' } }
  await test.settled(test.send('/charges/7', init).catch(() => undefined))
  const traces = test.upstream.requests.map(({ headers }) => headers['traceparent'])
  return { lines: telemetry.lines.slice(1), parts: telemetry.parts, traces }
}

const operations = { 'GET /charges/:id': true }
const retry = { attempts: 2, on: ['5xx'], backoff: constant({ ms: 5 }) } as const

it('hears of a call, its attempts and the waits between them', async () => {
  const script = [{ times: 1, status: 503, latency: 10 }, { latency: 20 }]
  const { lines, traces } = await noted(script, { retry, operations })
  expect(lines).toEqual([
    'span GET GET /charges/:id',
    'span of attempt 1 ends: 503',
    'attempted 503',
    'event wait',
    'span of attempt 2 ends: 200',
    'attempted 200',
    'finished GET /charges/:id: success 200 in 35 ms',
    'span ends: success 200',
  ])
  expect(traces).toEqual(['trace-1', 'trace-2'])
})

it('hears of failures, ejections and fallbacks', async () => {
  const ejection = { consecutiveFailures: 1, maxEjected: 1 }
  const { lines } = await noted([{ fault: 'reset' }], { retry: false, ejection, fallback: { status: 203 } })
  expect(lines).toEqual([
    'span GET GET *',
    'span of attempt 1 ends: 0 with an error',
    'ejected',
    'event ejection',
    'attempted 0WT_RESET',
    'event fallback',
    'finished GET *: fallback 203 in 0 ms',
    'span ends: fallback 203',
  ])
})

it('hears of refusals and of callers who gave up', async () => {
  const bulkhead = { concurrency: 1 }
  const { lines, parts } = await noted([{}], { bulkhead, breaker: {}, rateLimit: { limit: 1, burst: 1 } })
  expect(lines.at(-1)).toBe('span ends: success 200')
  expect(parts.toSorted()).toEqual(['breaker', 'budget', 'bulkhead', 'rateLimit'])

  const telemetry = new Notes()
  const breaker = { consecutiveFailures: 1 }
  using refusing = inMemory([{ fault: 'reset' }], { telemetry, retry: false, breaker })
  await refusing.send('/').catch(() => undefined)
  await refusing.send('/').catch(() => undefined)
  expect(telemetry.lines.slice(-3)).toEqual([
    'event refusal',
    'finished GET *: refused 0 in 0 ms',
    'span ends: refused 0',
  ])

  using hanging = inMemory([{ fault: 'hang' }], { telemetry })
  const controller = new AbortController()
  const given = hanging.send('/', { signal: controller.signal }).catch(() => undefined)
  await hanging.clock.advance(20)
  controller.abort()
  await given
  expect(telemetry.lines.slice(-2)).toEqual(['finished GET *: aborted 0 in 20 ms', 'span ends: aborted 0'])
})

it('hears of limits of attempts through the policies', async () => {
  using test = inMemory([{ fault: 'hang' }], { timeout: { attemptMs: 2_000 }, retry: false })
  const seen: number[] = []
  test.send.policy.on('timeout', ({ timeoutMs }) => seen.push(timeoutMs))
  await expect(test.settled(test.send('/'))).rejects.toMatchObject({ timeoutMs: 2_000 })
  expect(seen).toEqual([2_000])
})

it('tells the log of a service when a circuit opens and closes again, made by code or of a document', async () => {
  using clock = virtualClock()
  clock.install()
  const lines: string[] = []
  const log = {
    info: (_fields: object, message: string) => void lines.push(`info: ${message}`),
    warn: (_fields: object, message: string) => void lines.push(`warn: ${message}`),
  }
  const system = defineSystem({
    watertight: 'v1',
    system: 'orders',
    policies: { strict: { retry: { attempts: 1 }, breaker: { consecutiveFailures: 1, openFor: '12s' } } },
    services: { order: { calls: { payment: { policy: 'strict' } } }, payment: {} },
  })
  const common = () => ({
    telemetry: createTelemetry({ service: 'order', log, now: () => clock.now() }),
    transport: memoryUpstream({ script: [{ status: 503 }] }),
  })
  const endpoint = 'http://payment.test'
  const breaker = { consecutiveFailures: 1, openForMs: 12_000 }
  const client = createClient(system, { service: 'order', endpoints: { payment: endpoint }, ...common() })
  const byDocument = client['payment']!.fetch
  const byCode = createFetch({ name: 'payment', endpoints: endpoint, retry: false, breaker, ...common() })
  for (const call of [byCode, byDocument]) {
    const answer = call('/charges')
    await clock.runAll()
    await answer
    await clock.advance(12_000)
    expect(call.breaker?.state).toBe('open')
    expect(lines.splice(0)).toEqual([
      'warn: circuit of payment is open, for 12 s more; last failure: status_503',
    ])
  }
})
