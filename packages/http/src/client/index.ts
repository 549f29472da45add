export type {
  BalanceName,
  BreakerRules,
  Balancer,
  BulkheadRules,
  CacheRules,
  EjectionOptions,
  FailureClass,
  Fault,
  FaultEnd,
  FaultInForce,
  FaultRule,
  StruckRequest,
  Idempotence,
  Loads,
  RetryOn,
  RetryRules,
  TimeLimits,
} from '@watertight/traffic'
export { Faults, NoEndpointError } from '@watertight/traffic'
export type { CalledService, Client, ClientControls, ClientOptions } from './create-client.js'
export type { SystemSource } from './system-model-of.js'
export { createClient } from './create-client.js'
export type { DeclaredCalls, DeclaredOperation } from './declared-calls.js'
export type { OnQueue, QueuedCall } from './model-policies.js'
export type { AnyFetch, EndpointState, ResilientFetch } from './resilient-fetch.js'
export { createFetch } from './create-fetch.js'
export type { AnyFetchOptions, CallPolicies, FetchOptions } from './fetch-options.js'
export type { TlsOptions } from './connections/connector.js'
export type {
  Connection,
  Connections,
  Transport,
  TransportListener,
  TransportRequest,
} from './connections/transport.js'
export type { Lookup, ResolveOptions } from './connections/resolver.js'
export { ClosedError, UnwantedAnswerError, RequestError } from './failure/request-error.js'
export {
  AttemptTimeoutError,
  ConnectionsInUseError,
  BodyTimeoutError,
  ConnectTimeoutError,
  HeadersTimeoutError,
  UploadTimeoutError,
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
export type { FallbackRules, QueuedRequest } from './fallback/fallback-rules.js'
export type { InterceptorOptions } from './interceptor/watertight-interceptor.js'
export { watertightInterceptor } from './interceptor/watertight-interceptor.js'
export type { Observations } from '@watertight/traffic'
export type { CallInit, FetchInit } from './request/fetch-init.js'
export type { BodyInput } from './request/request-body.js'
