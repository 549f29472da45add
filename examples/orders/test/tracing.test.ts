import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { startTracing } from '../src/telemetry/tracing.js'

test('without a collector nothing is traced', async () => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  const { tracing } = await startTracing('order')
  expect(tracing.startCall({ service: 'order', destination: 'payment' }, 'GET', 'GET /')).toBeUndefined()
})

test('a collector that does not answer does not hold up the end of a service', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const { close } = await startTracing('order')
  trace.getTracer('test').startSpan('never arrives').end()
  const startedAt = performance.now()
  await close()
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  silent.close()
})
