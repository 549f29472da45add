import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestScope } from '@watertight/traffic'
import { randomId } from '../runtime/random.js'

/** Just below what is not said to be more or less important than anything else. */
const BACKGROUND_PRIORITY = -1
/** Of work that no request is known for. */
const nobodys = { priority: 0, traceparent: undefined, tracestate: undefined, baggage: undefined }

const storage: AsyncLocalStorage<RequestScope> = new AsyncLocalStorage<RequestScope>()
let carried = false

/** The request that the running code works for, if it works for one. */
export function currentScope(): RequestScope | undefined {
  return storage.getStore()
}

/** Runs the handler of a request; every call made in it, however deep, carries the scope on. */
export function withScope<T>(scope: RequestScope, handler: () => T): T {
  return storage.run(scope, handler)
}

/**
 * Runs work that goes on after the request has been answered, such as the steps of a saga: its calls still say for which
 * request they are, and no longer end with the patience of whoever asked.
 */
export function withoutDeadline<T>(work: () => T): T {
  const scope = storage.getStore()
  return scope === undefined ? work() : storage.run(endless(scope, scope.priority), work)
}

/**
 * Runs work that nobody waits for, such as a step of a saga that is asked again after an outage: its calls, and all that they
 * cause further on, give way to those of priority 0 wherever there is not room for both: in queues, and where services shed. It
 * has no deadline; its priority is -1, or what it was if that is less.
 *
 * @example
 * import { inBackground } from '@watertight/http/scope'
 *
 * // In the course of a request or not: this goes on as long as it takes, and gives way to what somebody waits for.
 * await inBackground(async () => 'charged later')
 */
export function inBackground<T>(work: () => T): T {
  const scope = storage.getStore() ?? { ...nobodys, requestId: randomId() }
  return storage.run(endless(scope, Math.min(scope.priority, BACKGROUND_PRIORITY)), work)
}

function endless(scope: Omit<RequestScope, 'deadline'>, priority: number): RequestScope {
  const { requestId, traceparent, tracestate, baggage } = scope
  return { requestId, priority, traceparent, tracestate, baggage, deadline: Infinity }
}

/**
 * Has servers carry the scopes of requests from now on. Whatever reads scopes says so when it is made: in Node 20,
 * following asynchronous calls costs a sixth of a small request, which a service without any reader need not pay.
 */
export function carryScopes(): void {
  carried = true
}

/** Whether anybody may read scopes. */
export function isCarried(): boolean {
  return carried
}
