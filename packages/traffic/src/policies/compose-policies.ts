import { type CallOptions, exponential, type Policy, pipeline, retry, timeoutUntil } from '@watertight/policy'
import { serverPushback } from '../retrying/server-pushback.js'
import { totalMsOf } from '../settings/call-rules.js'
import type { PolicySettings } from '../settings/call-settings.js'
import type { DriverFailures } from './driver-failures.js'
import type { JudgedAnswer } from './judged-answer.js'
import type { StatefulPolicies } from './stateful-policies.js'

/** What a driver of calls brings to the policies that it drives. */
export interface DriverPorts {
  readonly failures: DriverFailures
  /**
   * When whoever asked for a call stops waiting for it, by the options of the call: monotonic milliseconds, `Infinity`
   * where nobody has said.
   */
  readonly callersDeadline: (call: CallOptions) => number
  /** Milliseconds since the Unix epoch. */
  readonly wallNow: () => number
  /** Told of the policies that are made for these settings alone: the total limit and the retries. */
  readonly made?: ((policy: Policy) => void) | undefined
}

/** The policies that remember something, as a call goes through them. */
type Guards = Pick<
  StatefulPolicies,
  'breaker' | 'bulkhead' | 'adaptiveLimit' | 'rateLimit' | 'hedge' | 'budget'
>

/**
 * The way of a call, outermost first: total limit, retries, rate limit, hedge, circuit breaker, bulkhead. Within them
 * the exchange limits each attempt, and outside of them the fallback answers.
 */
export function composePolicies(options: PolicySettings, guards: Guards, ports: DriverPorts): Policy {
  const { breaker, bulkhead, adaptiveLimit, rateLimit, hedge } = guards
  const inner = [rateLimit, hedge, breaker, adaptiveLimit, bulkhead]
  const total = totalLimit(options, ports)
  const outer = options.retry === false ? [total] : [total, retries(options, guards, ports)]
  if (ports.made !== undefined) outer.forEach(ports.made)
  return pipeline(...[...outer, ...inner].filter((policy) => policy !== undefined))
}

/** In observe mode only the circuit breaker takes part, which then decides and lets everything pass. */
export function composeObserved(guards: StatefulPolicies): Policy {
  return guards.breaker === undefined ? pipeline() : pipeline(guards.breaker)
}

function totalLimit({ timeout: limits }: PolicySettings, { callersDeadline }: DriverPorts): Policy {
  const totalMs = totalMsOf(limits)
  return timeoutUntil({ until: callersDeadline, ms: totalMs === Infinity ? undefined : totalMs })
}

function retries(
  { retry: rules }: PolicySettings,
  { budget }: Guards,
  { failures, wallNow }: DriverPorts,
): Policy {
  const { attempts, backoff, minimumTryMs, maxPushbackMs } = rules === false ? {} : (rules ?? {})
  return retry({
    attempts: attempts ?? 3,
    backoff: backoff ?? exponential({ initialMs: 100, maxMs: 3_000 }),
    ...(minimumTryMs === undefined ? {} : { minimumTryMs }),
    ...(maxPushbackMs === undefined || maxPushbackMs === false ? {} : { maxPushbackMs }),
    budget,
    // The predicates know better: what was never sent may be sent again, whatever it is.
    nonIdempotent: true,
    when: (error) => failures.mayTryAgain(error),
    whenResult: (value) => {
      const answer = value as JudgedAnswer
      return answer.verdict.repeatable && answer.mayTryAgain()
    },
    pushback: (_error, value) => {
      const pushbackMs = value === undefined ? undefined : pushbackOf(value as JudgedAnswer, wallNow())
      // Only the wait is taken no notice of: who says that another try does harm is believed.
      return maxPushbackMs === false && (pushbackMs ?? 0) >= 0 ? undefined : pushbackMs
    },
  })
}

function pushbackOf(answer: JudgedAnswer, wallNow: number): number | undefined {
  return serverPushback((name) => answer.header(name), wallNow)
}
