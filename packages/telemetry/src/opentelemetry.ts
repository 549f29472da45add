export type { OpenTelemetryOptions } from './tracing/open-telemetry-tracing.js'
export { openTelemetryTracing } from './tracing/open-telemetry-tracing.js'
