export type { OpenTelemetryMetricsOptions } from './otlp/open-telemetry-metrics.js'
export { openTelemetryMetrics } from './otlp/open-telemetry-metrics.js'
