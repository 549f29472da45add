import { systemRandom } from '@watertight/policy/decisions'
import type { ForwardAction } from '../routes/route.js'
import type { Caller } from './caller.js'
import type { ExchangeRecord } from './exchange-record.js'
import type { CallOwner } from './call-owner.js'
import { callersPriority } from './callers-priority.js'
import { ForwardedCall } from './forwarded-call.js'
import { forwardedRequest } from './forwarded-request.js'
import { MirroredCall } from './mirrored-call.js'
import type { ProxyContext } from './proxy-context.js'

/** The exchange that a call belongs to. */
export interface CallingExchange {
  readonly owner: CallOwner
  readonly caller: Caller
  readonly context: ProxyContext
  readonly record: ExchangeRecord
}

export interface StartedCall {
  /** Not begun yet. */
  readonly call: ForwardedCall
  /** A copy of it for somebody else. */
  readonly mirrored: MirroredCall | undefined
}

/** The call that a route asks for: to one of its destinations, by the operation that the target names, and its copy. */
export function startCall(
  action: ForwardAction,
  target: string,
  { owner, caller, context, record }: CallingExchange,
): StartedCall {
  const key = action.keyOf(caller)
  const destination = action.pick(key)
  const { routes, ringsByPath, hasQueue } = destination.state
  const { method } = caller.request
  const operation = routes.find(method, target)
  record.destination = destination
  record.operation = operation.name
  const request = forwardedRequest(caller, action, context, {
    target,
    operation,
    priority: hasQueue ? callersPriority(caller) : 0,
    hashKey: key ?? (ringsByPath ? target : undefined),
    startedAt: record.startedAt,
    trace: record.trace?.forward(destination.recorder, method, operation.name, target),
  })
  let mirrored: MirroredCall | undefined
  if (action.mirror !== undefined && systemRandom() < action.mirror.share) {
    mirrored = new MirroredCall(action.mirror.destination, request, owner.body)
    if (owner.body.isEnded) mirrored.begin()
  }
  return { call: new ForwardedCall(owner, destination, request), mirrored }
}
