import { setTimeout as sleep } from 'node:timers/promises'
import type { Tracing } from '@watertight/telemetry'

/** A collector that does not answer must not hold up the end of a proxy. */
const CLOSE_MS = 1_000

/** Where the spans of a proxy go. */
export interface StartedTracing {
  readonly tracing: Tracing
  /** Sends what has not been sent yet, as far as that is possible within a second. */
  close(): Promise<void>
}

/**
 * Sends spans by OTLP to the collector at `OTEL_EXPORTER_OTLP_ENDPOINT`, or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; the other
 * variables of OpenTelemetry's SDK are heeded too, `OTEL_TRACES_SAMPLER` among them. Undefined where neither is set: then
 * nothing is traced, and the SDK is not even loaded.
 */
export async function startTracing(service: string): Promise<StartedTracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = process.env
  if (!endpoint && !own) return undefined
  const [api, hooks, core, exporter, resources, sdk, { openTelemetryTracing }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
    import('@watertight/telemetry/opentelemetry'),
  ])
  const named = resources.resourceFromAttributes({ 'service.name': service })
  const tracerProvider = new sdk.BasicTracerProvider({
    resource: named.merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
  })
  // A span is active while those within it are made.
  api.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable())
  const propagator = new core.CompositePropagator({
    propagators: [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()],
  })
  return {
    tracing: openTelemetryTracing({ tracerProvider, propagator }),
    close: () => Promise.race([tracerProvider.shutdown(), sleep(CLOSE_MS)]),
  }
}
