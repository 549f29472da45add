export { type WrittenConfiguration, writeConfiguration } from './files/write-configuration.js'
export { CompileError } from './report/compile-error.js'
export type { ReportEntry } from './report/deploy-report.js'
export { compileEnvoy, type EnvoyConfiguration, type EnvoyOptions } from './targets/envoy/compile-envoy.js'
export { compilePrometheus, type PrometheusConfiguration } from './targets/prometheus/compile-prometheus.js'
export type { Json } from './targets/envoy/json.js'
export type { TracesOptions } from './targets/envoy/tracing/tracing.js'
export { EnvoyMissingError, EnvoyStartError } from './run/envoy-errors.js'
export { EnvoyAdmin } from './run/envoy-admin.js'
export { type EnvoyProcessOptions, startEnvoy } from './run/envoy-process.js'
export { locateProgram } from './run/locate-program.js'
export { SupervisedEnvoy, type SupervisionOptions } from './run/supervised-envoy.js'
export { type EnvoyEffect, envoyEffects } from './targets/envoy/envoy-effects.js'
export type { Row } from './targets/envoy/policy-rows.js'
export { EngineMissingError, EngineStartError } from './engines/engine-errors.js'
export type { RunningEngine } from './engines/engine-process.js'
export {
  type EngineName,
  engineNames,
  enginesWithPages,
  requireEngine,
  temporalPackages,
} from './engines/engine-programs.js'
export { freePort, freePorts, isPortFree } from './engines/free-ports.js'
export { type AlertmanagerOptions, startAlertmanager } from './engines/alertmanager.js'
export { type JaegerOptions, startJaeger } from './engines/jaeger.js'
export { type KafkaOptions, startKafka } from './engines/kafka.js'
export { startTemporal, type TemporalOptions } from './engines/temporal.js'
export { type PostgresOptions, startPostgres } from './engines/postgres.js'
export {
  type PrometheusOptions,
  type RunningPrometheus,
  type ScrapeTarget,
  startPrometheus,
} from './engines/prometheus.js'
export { askRedis, type RedisOptions, startRedis } from './engines/redis.js'
