import {
  adaptiveLimit,
  aimd,
  bulkhead,
  cache,
  circuitBreaker,
  constant,
  fallback,
  hedge,
  pipeline,
  retry,
  retryBudget,
  timeout,
} from '@watertight/policy'
import { createTelemetry, observeProcess, type ServiceTelemetry } from '../src/index.js'

const fail = (): Promise<never> => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
const slow = (): Promise<number> => new Promise((resolve) => setTimeout(() => resolve(1), 20))

/** The telemetry of a service that has seen everything: every metric of the package has a sample. */
export async function busyService(): Promise<ServiceTelemetry> {
  const telemetry = createTelemetry({
    service: 'order',
    objective: { availability: 0.999, latency: { p99Ms: 300 } },
    conventionalMetrics: true,
  })
  await callPayment(telemetry)
  await callOthers(telemetry)
  serve(telemetry)
  overflow(telemetry)
  observeProcess(telemetry.registry)
  return telemetry
}

async function callPayment(telemetry: ServiceTelemetry): Promise<void> {
  const breaker = circuitBreaker({ window: { calls: 4 }, minimumCalls: 2 })
  const slots = bulkhead({ concurrency: 1, queue: 1 })
  const budget = retryBudget()
  const policy = pipeline(
    fallback({ value: 0 }),
    retry({ attempts: 2, backoff: constant({ ms: 0 }), budget }),
    breaker,
    slots,
    timeout({ ms: 5 }),
  )
  const payment = telemetry.destination({
    to: 'payment',
    policy,
    parts: { breaker, bulkhead: slots, budget },
  })
  await Promise.all([policy.outcome(slow), policy.outcome(slow), policy.outcome(slow)])
  await policy.outcome(fail)
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  payment.finished('POST /charges', 'success', 201, 12.5, traceId)
  payment.finished('POST /charges', 'fallback', 503, 700)
  payment.finished('GET /charges/{id}', 'refused', 0, 0)
  payment.attempted(201, '', 12)
  payment.attempted(0, 'ECONNRESET', 3)
  payment.ejection('10.0.0.1:80', true)
}

async function callOthers(telemetry: ServiceTelemetry): Promise<void> {
  const cached = pipeline(cache({ ttlMs: 1_000 }), hedge({ delayMs: 1 }))
  telemetry.destination({ to: 'stock', policy: cached })
  await cached.outcome(slow, { key: 'shelf' })
  const limited = adaptiveLimit({ algorithm: aimd({ timeoutMs: 1 }), initialLimit: 10 })
  telemetry.destination({ to: 'loyalty', policy: limited })
  await Promise.all([limited.outcome(slow), limited.outcome(fail)])
  const watched = circuitBreaker({ consecutiveFailures: 1 })
  watched.force('observe')
  telemetry.destination({ to: 'tax', policy: watched })
  for (let calls = 0; calls < 2; calls++) await watched.outcome(fail)
}

function serve(telemetry: ServiceTelemetry): void {
  const server = telemetry.server({
    limit: 100,
    queued: 3,
    overload: { admitted: 0.7, shed: 12, pressure: () => 1.2 },
  })
  for (const [outcome, status] of [
    ['success', 200],
    ['failure', 500],
    ['refused', 503],
    ['aborted', 0],
  ] as const) {
    server.started()
    server.finished('GET /orders/{id}', outcome, status, 42)
  }
}

/** A metric of the application's own, with a label that nobody bounded and values that are hard to write. */
function overflow({ registry }: ServiceTelemetry): void {
  const visits = registry.counter({
    name: 'shop_visits_total',
    help: 'Visits, with a "quotation" and a \\ in\nits text.',
    labels: ['visitor'],
    seriesMax: 2,
  })
  for (const visitor of ['Zoë "the cat"', 'back\\slash\nline', 'one too many']) visits.with({ visitor }).add()
}
