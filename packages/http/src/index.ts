// The client side
export type { Balancer, BalanceName, Loads } from '@watertight/traffic'
export type {
  CalledService,
  Client,
  ClientControls,
  ClientOptions,
  SystemSource,
} from './client/create-client.js'
export { createClient } from './client/create-client.js'
export type { DeclaredCalls, DeclaredOperation } from './client/declared-calls.js'
export type { OnQueue, QueuedCall } from './client/model-policies.js'
export type { EndpointState, ResilientFetch } from './client/create-fetch.js'
export { createFetch } from './client/create-fetch.js'
export type { BulkheadRules, RetryRules } from '@watertight/traffic'
export type { CallPolicies, FetchOptions } from './client/fetch-options.js'
export type { EjectionOptions } from '@watertight/traffic'
export type { TlsOptions } from './endpoints/connector.js'
export type { NoEndpointReason } from '@watertight/traffic'
export { NoEndpointError } from '@watertight/traffic'
export type { Lookup, ResolveOptions } from './endpoints/resolver.js'
export type { FailureClass } from '@watertight/traffic'
export { ClosedError, RequestError } from './failure/request-error.js'
export {
  AttemptTimeoutError,
  BodyTimeoutError,
  ConnectTimeoutError,
  HeadersTimeoutError,
} from './failure/time-limit-error.js'
export {
  ConnectError,
  ProtocolError,
  RefusedStreamError,
  ResetError,
  ResponseTooLargeError,
  TlsError,
  TransportError,
} from './failure/transport-error.js'
export type { CacheRules } from '@watertight/traffic'
export type { FallbackRules, QueuedRequest } from './fallback/fallback-rules.js'
export type { InterceptorOptions } from './interceptor/watertight-interceptor.js'
export { watertightInterceptor } from './interceptor/watertight-interceptor.js'
export type { Idempotence } from '@watertight/traffic'
export type { Observations } from './policies/observer.js'
export type { FetchInit } from './request/outgoing-request.js'
export type { BodyInput } from './request/request-body.js'
export type { RetryOn } from '@watertight/traffic'
export type { TimeLimits } from '@watertight/traffic'

// The server side
export type { Clock, Timer } from './clock/clock.js'
export type { CloseHook, CloseResult } from './drain/close-hooks.js'
export type { Drain, DrainOptions, DrainPhase, DrainReport } from './drain/drain.js'
export { createDrain } from './drain/drain.js'
export type { SignalOptions } from './drain/signals.js'
export type { CheckFunction, CheckState } from './health/check.js'
export type { AdminPage, AdminPageSource, HealthOptions } from './health/health-options.js'
export type { Health, HealthReport, ProbeRequest } from './health/health.js'
export { createHealth } from './health/health.js'
export {
  DEADLINE_HEADER,
  OVERLOADED_HEADER,
  PRIORITY_HEADER,
  REQUEST_ID_HEADER,
  SHOULD_RETRY_HEADER,
} from '@watertight/traffic'
export type { RequestScope } from '@watertight/traffic'
export type { Answer } from './server/answer.js'
export { BodyTooLargeError, CallerGoneError, DeadlineExceededError } from './server/errors.js'
export type { ServerGuardOptions } from './server/guard-options.js'
export type { GuardedRequest } from './server/guarded-request.js'
export type { GuardedHandler, NodeListener } from './server/node-listener.js'
export type { Passage } from './server/passage.js'
export type { ServerGuard } from './server/server-guard.js'
export { createServerGuard } from './server/server-guard.js'
export type { TimeLeftOptions } from '@watertight/traffic'
