import { mayRepeat } from '@watertight/traffic'
import type { ForwardAction } from '../routes/route.js'
import type { DestinationState } from '../upstream/destination-state.js'
import type { Caller } from './caller.js'
import { callersDeadline } from './callers-deadline.js'
import type { TracedCall } from './exchange-trace.js'
import type { ProxyContext } from './proxy-context.js'
import { proxyHeaderNames } from './proxy-headers.js'
import { requestLines } from './request-lines.js'
import { readSteering, type Steering } from './steering.js'

const idempotencyKey = proxyHeaderNames.id('idempotency-key')

/** A request as it goes to a destination. */
export interface ForwardedRequest {
  readonly method: string
  readonly target: string
  /** The lines that are the same for every attempt. */
  readonly lines: string
  readonly bodyLength: number
  readonly upgrade: boolean
  readonly idempotent: boolean
  /** When its caller stops waiting. */
  readonly deadline: number
  /** How important it is to queues. */
  readonly priority: number
  /** What a ring is entered with; undefined for any place of it. */
  readonly hashKey: string | undefined
  /** What its caller asks for beside the document, if it is trusted. */
  readonly steering: Steering | undefined
  /** Where somebody traces it. */
  readonly trace: TracedCall | undefined
}

/** What the exchange knows of the request when it is forwarded. */
interface ForwardedBy extends Pick<ForwardedRequest, 'target' | 'hashKey' | 'priority' | 'trace'> {
  readonly operation: ReturnType<DestinationState['routes']['find']>
  readonly startedAt: number
}

/** The request of a caller as it is forwarded by this action. */
export function forwardedRequest(
  caller: Caller,
  action: ForwardAction,
  context: ProxyContext,
  { target, operation, hashKey, priority, startedAt, trace }: ForwardedBy,
): ForwardedRequest {
  const { request } = caller
  const steering = caller.isTrusted ? readSteering(request.headers) : undefined
  const hasKey = request.headers.indexOf(idempotencyKey) >= 0
  return {
    method: request.method,
    target,
    lines: requestLines(caller, action, context, trace !== undefined),
    bodyLength: request.bodyLength,
    upgrade: request.upgrade,
    idempotent: mayRepeat(request.method, operation.idempotence, hasKey),
    deadline: callersDeadline(caller, steering, startedAt),
    priority,
    hashKey,
    steering,
    trace,
  }
}
