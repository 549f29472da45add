import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestScope } from '@watertight/traffic'

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
  if (scope === undefined) return work()
  const { requestId, priority, traceparent, tracestate, baggage } = scope
  return storage.run({ requestId, priority, traceparent, tracestate, baggage, deadline: Infinity }, work)
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
