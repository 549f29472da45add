export { LATENCY_BUCKETS } from './metrics/buckets.js'
export type { Counter, CounterFamily } from './metrics/counter.js'
export type { Gauge, GaugeFamily } from './metrics/gauge.js'
export type { Histogram, HistogramFamily, HistogramOptions } from './metrics/histogram.js'
export type { LabelArguments } from './metrics/metric-family.js'
export type { MetricOptions } from './metrics/metric-options.js'
export type { Exposition, MetricRegistryOptions } from './metrics/metric-registry.js'
export { MetricRegistry } from './metrics/metric-registry.js'
export { observeProcess } from './metrics/observe-process.js'
export type {
  AttemptSpan,
  CallOutcome,
  CallSpan,
  Destination,
  DestinationParts,
  DestinationRecorder,
  IncomingHeaders,
  IncomingRequest,
  ServerOverload,
  ServerParts,
  ServerRecorder,
  ServerResource,
  ServerSpan,
  Telemetry,
} from './recording/recorders.js'
export type { TransitionLog } from './recording/log-transitions.js'
export type { ServiceTelemetry, TelemetryOptions } from './recording/telemetry.js'
export { createTelemetry } from './recording/telemetry.js'
export type { TraceContext, TracedWork, WorkSpan } from './tracing/traced-work.js'
export type { TraceIds, Tracing } from './tracing/tracing.js'
export type { BurnWindows, Severity } from './objectives/burn-windows.js'
export type { BurnAlert } from './objectives/error-budget.js'
export { ErrorBudget } from './objectives/error-budget.js'
export type { Objective, ObjectiveName, ObjectiveTargets } from './objectives/objective.js'
export type { ObjectiveAlert } from './objectives/objective-tracker.js'
export { ObjectiveTracker } from './objectives/objective-tracker.js'
export { type BurnRateAlert, prometheusRules, type ServiceObjective } from './objectives/prometheus-rules.js'
export type { LogContext, LoggerSettings, LogLevel } from './logs/logger.js'
export { createLogger } from './logs/logger.js'
