import { timeLimitDefaults } from '@watertight/manifest/words'
import { type CallOptions, exponential, type Policy, pipeline, retry, timeout } from '@watertight/policy'
import { serverPushback } from '@watertight/traffic'
import type { CallPolicies } from '../fetch-options.js'
import { clock } from '../../runtime/clock.js'
import { TransportError } from '../failure/transport-error.js'
import { currentScope } from '../../scope/current-scope.js'
import { judged, type JudgedAnswer } from './judged-answer.js'
import type { StatefulPolicies } from './stateful-policies.js'

export const DEFAULT_TOTAL_MS: number = timeLimitDefaults.totalMs

/**
 * The way of a call, outermost first: total limit, retries, rate limit, hedge, circuit breaker, bulkhead. Within them
 * the exchange limits each attempt, and outside of them the fallback answers.
 */
export function compose(options: CallPolicies, guards: StatefulPolicies): Policy {
  const { breaker, bulkhead, adaptiveLimit, rateLimit, hedge } = guards
  const inner = [rateLimit, hedge, breaker, adaptiveLimit, bulkhead]
  const outer = [totalLimit(options), options.retry === false ? undefined : retries(options, guards)]
  return pipeline(...[...outer, ...inner].filter((policy) => policy !== undefined))
}

/** In observe mode only the circuit breaker takes part, which then decides and lets everything pass. */
export function composeObserved(guards: StatefulPolicies): Policy {
  return guards.breaker === undefined ? pipeline() : pipeline(guards.breaker)
}

function totalLimit({ timeout: limits }: CallPolicies): Policy {
  const totalMs = limits === false ? Infinity : (limits?.totalMs ?? DEFAULT_TOTAL_MS)
  return timeout({ ms: totalMs === Infinity ? undefined : totalMs, until: callersDeadline })
}

/** What the policies of a destination are told of a call. */
export interface DestinationCallOptions extends CallOptions {
  /** When it must be over, as the one that goes on after a redirect; `Infinity` for none. */
  readonly deadline: number
}

/** Nobody waits longer for a call than for the request, or for the call, that it is made for. */
function callersDeadline(call: Partial<DestinationCallOptions>): number {
  return Math.min(currentScope()?.deadline ?? Infinity, call.deadline ?? Infinity)
}

function retries({ retry: rules }: CallPolicies, { budget }: StatefulPolicies): Policy {
  const { attempts, backoff, minimumTryMs, maxPushbackMs } = rules === false ? {} : (rules ?? {})
  return retry({
    attempts: attempts ?? 3,
    backoff: backoff ?? exponential({ initialMs: 100, maxMs: 3_000 }),
    ...(minimumTryMs === undefined ? {} : { minimumTryMs }),
    ...(maxPushbackMs === undefined ? {} : { maxPushbackMs }),
    budget,
    // The predicates know better: what was never sent may be sent again, whatever it is.
    nonIdempotent: true,
    when: (error) => error instanceof TransportError && error.retryable,
    whenResult: (value) => judged(value).mayTryAgain(),
    pushback: (_error, value) => (value === undefined ? undefined : pushbackOf(judged(value))),
  })
}

function pushbackOf(answer: JudgedAnswer): number | undefined {
  return serverPushback((name) => answer.header(name), clock.wallNow())
}
