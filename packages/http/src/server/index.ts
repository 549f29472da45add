export type { RequestScope, TimeLeftOptions } from '@watertight/traffic'
export {
  DEADLINE_HEADER,
  OVERLOADED_HEADER,
  PRIORITY_HEADER,
  REQUEST_ID_HEADER,
  SHOULD_RETRY_HEADER,
} from '@watertight/traffic'
export type { Clock, Timer } from '../runtime/clock.js'
// Without loading `scope`, which has servers carry scopes, whether anybody reads them or not.
export { inBackground, withoutDeadline } from '../scope/current-scope.js'
export type { CloseHook, CloseResult } from './drain/close-hooks.js'
export type { DrainOptions, DrainPhase, DrainReport } from './drain/drain-options.js'
export type { Drain } from './drain/drain.js'
export { createDrain } from './drain/drain.js'
export type { SignalOptions } from './drain/signals.js'
export type { CheckFunction, CheckState } from './health/check.js'
export type { AdminPage, AdminPageSource, HealthOptions } from './health/health-options.js'
export type { Health, HealthReport, ProbeRequest } from './health/health.js'
export { createHealth } from './health/health.js'
export type { Answer, ProblemDetails } from './answer.js'
export { problemAnswer } from './answer.js'
export { BodyTooLargeError, CallerGoneError, DeadlineExceededError, DrainingError } from './guard/errors.js'
export type { ServerGuardOptions } from './guard/guard-options.js'
export type { GuardedRequest } from './guard/guarded-request.js'
export type { GuardedHandler, NodeListener } from './guard/node-listener.js'
export type { RequestAdapter, RequestAdmission } from './guard/request-adapter.js'
export type { ServerGuard } from './guard/server-guard.js'
export { documentGuardOptions } from './guard/document-guard-options.js'
export { createServerGuard } from './guard/server-guard.js'
