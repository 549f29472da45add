export { RouteDurations } from './admission/route-durations.js'
export type { SlotSeeker } from './admission/shedding.js'
export { Shedding } from './admission/shedding.js'
export type { TimeLeftOptions, TimeLeftRefusal } from './admission/time-left.js'
export { TimeLeft } from './admission/time-left.js'
export type { Balancer, BalanceName, Loads } from './balance/balancer.js'
export { balanceNames, createBalancer } from './balance/create-balancer.js'
export { hashText } from './balance/hash-text.js'
export type { ResettableSocket } from './connections/reset-connection.js'
export { resetConnection } from './connections/reset-connection.js'
export type { FlatHeaders } from './deadline/carry-on.js'
export { carryOn, expectedMs, hasHeader, replaceHeader, writeAttemptHeaders } from './deadline/carry-on.js'
export {
  ATTEMPT_COUNT_HEADER,
  DEADLINE_HEADER,
  FAILURE_HEADER,
  OVERLOADED_HEADER,
  PRIORITY_HEADER,
  REQUEST_ID_HEADER,
  SHOULD_RETRY_HEADER,
} from './deadline/headers.js'
export { readGrpcTimeout } from './deadline/read-grpc-timeout.js'
export { readDeadline } from './deadline/read-deadline.js'
export { readPriority } from './deadline/read-priority.js'
export { readRequestId } from './deadline/read-request-id.js'
export { readBaggage, readTraceparent, readTracestate } from './deadline/read-traceparent.js'
export type { RequestScope } from './deadline/request-scope.js'
export type { EjectionOptions } from './ejection/outlier-ejection.js'
export { OutlierEjection } from './ejection/outlier-ejection.js'
export type { EndpointSetOptions, Target } from './endpoints/endpoint-set.js'
export { EndpointSet } from './endpoints/endpoint-set.js'
export { NoEndpointError } from './endpoints/no-endpoint-error.js'
export type { CacheableRequest } from './fallback/private-cache.js'
export { privateCache } from './fallback/private-cache.js'
export type { FaultEnd, FaultKind, FaultRule } from './faults/fault-rule.js'
export { faultKinds } from './faults/fault-rule.js'
export type { Fault, FaultInForce, StruckRequest } from './faults/faults.js'
export { Faults } from './faults/faults.js'
export type { DrawLatency, Latency } from './faults/latency.js'
export { latencySource } from './faults/latency.js'
export type { Idempotence } from './operations/may-repeat.js'
export { mayRepeat } from './operations/may-repeat.js'
export { OperationPattern, pathSegments } from './operations/operation-pattern.js'
export { Route, RouteTable } from './operations/route-table.js'
export type { OverloadOptions, OverloadState } from './overload/overload.js'
export { Overload, overloadLimits } from './overload/overload.js'
export type { ProcessLoad, ProcessLoadProbe, Resource } from './overload/process-load.js'
export type { DriverPorts } from './policies/compose-policies.js'
export type { CallRules } from './settings/call-rules.js'
export { callRules, verdictsOf } from './settings/call-rules.js'
export { composeObserved, composePolicies } from './policies/compose-policies.js'
export { EventRelay } from './policies/event-relay.js'
export type { DriverFailures } from './policies/driver-failures.js'
export type { JudgedAnswer } from './policies/judged-answer.js'
export type { Observations, ObservedCall, ObservedEnd } from './policies/observer.js'
export { Observer } from './policies/observer.js'
export { StatefulPolicies } from './policies/stateful-policies.js'
export type { RepeatableRequest } from './retrying/may-try-again.js'
export { mayTryAgain } from './retrying/may-try-again.js'
export type { RetryOn } from './retrying/retry-conditions.js'
export { defaultRetryOn, RetryConditions, retryOnNames } from './retrying/retry-conditions.js'
export type { HeaderLookup } from './retrying/server-pushback.js'
export { serverPushback } from './retrying/server-pushback.js'
export type {
  BreakerRules,
  BulkheadRules,
  CacheRules,
  CallSettings,
  FallbackSettings,
  PolicySettings,
  RetryRules,
  TimeLimits,
} from './settings/call-settings.js'
export { type Enforced, manifestSettings } from './settings/manifest-settings.js'
export { sheddingRules, type SheddingRules } from './settings/shedding-rules.js'
export type { FailureClass } from './verdict/failure-class.js'
export type { Verdict } from './verdict/verdict.js'
export { aborted, refused, timedOut, unsendable } from './verdict/verdict.js'
export type { VerdictSettings } from './verdict/verdicts.js'
export { Verdicts } from './verdict/verdicts.js'
