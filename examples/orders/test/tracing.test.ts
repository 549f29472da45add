import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { context, propagation, trace } from '@opentelemetry/api'
import { afterEach, expect, test, vi } from 'vitest'
import { startTracing } from '../src/telemetry/tracing.js'

// What is told to this process is told to all tests in it.
afterEach(() => {
  vi.unstubAllEnvs()
  for (const api of [trace, context, propagation]) api.disable()
})

test('without a collector nothing is traced', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', undefined)
  const { tracing } = await startTracing('order')
  expect(tracing.startCall({ service: 'order', destination: 'payment' }, 'GET', 'GET /')).toBeUndefined()
})

test('a collector that does not answer does not hold up the end of a service', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`)
  const { close } = await startTracing('order')
  trace.getTracer('test').startSpan('never arrives').end()
  const startedAt = performance.now()
  await close()
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  silent.close()
})
