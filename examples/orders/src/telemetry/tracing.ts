import { setTimeout as sleep } from 'node:timers/promises'
import { context, propagation, trace } from '@opentelemetry/api'
import { openTelemetryTracing } from '@watertight/telemetry/opentelemetry'
import type { Tracing } from '@watertight/telemetry'

/** A collector that does not answer must not hold up the end of a service. */
const CLOSE_MS = 1_000

/** Where this service's spans go. */
export interface StartedTracing {
  readonly tracing: Tracing
  /** Sends what has not been sent yet, as far as that is possible within a second. */
  readonly close: () => Promise<void>
}

/**
 * Ships traces by OTLP to the collector at `OTEL_EXPORTER_OTLP_ENDPOINT`, or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; the other
 * variables of OpenTelemetry's SDK are heeded too. Without a collector nothing is traced, and the SDK, which takes a while, is not even loaded.
 */
export async function startTracing(service: string): Promise<StartedTracing> {
  const tracing = openTelemetryTracing()
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: spans } = process.env
  if (!all && !spans) return { tracing, close: async () => {} }
  const [hooks, core, exporter, resources, sdk] = await Promise.all([
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
  ])
  const provider = new sdk.BasicTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': service, 'service.namespace': 'orders' }),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new core.CompositePropagator({
      propagators: [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()],
    }),
  )
  return { tracing, close: () => Promise.race([provider.shutdown(), sleep(CLOSE_MS)]) }
}
