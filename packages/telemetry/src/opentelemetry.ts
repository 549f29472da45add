export type { OpenTelemetryOptions } from './tracing/opentelemetry.js'
export { openTelemetryTracing } from './tracing/opentelemetry.js'
