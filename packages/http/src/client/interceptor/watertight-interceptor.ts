import { OptionError, type Policy, registry } from '@watertight/policy'
import { nearestSpelling } from '@watertight/policy/options'
import type { Dispatcher } from 'undici'
import { StatefulPolicies, type Verdicts, verdictsOf } from '@watertight/traffic'
import { clientFailures } from '../failure/client-failures.js'
import { checkFetchOptions } from '../check-fetch-options.js'
import type { CallPolicies } from '../fetch-options.js'
import { compose } from '../policies/compose.js'
import { REPLAY_BYTES_MAX } from '../request/replayable-stream.js'
import { carryScopes } from '../../scope/current-scope.js'
import { limitQueue } from '../../runtime/limit-queue.js'
import { InterceptedCall } from './intercepted-call.js'

/** What an interceptor can do: endpoints and connections belong to the dispatcher behind it. */
export interface InterceptorOptions extends Pick<
  CallPolicies,
  'answers' | 'retry' | 'breaker' | 'bulkhead' | 'adaptiveLimit' | 'rateLimit'
> {
  /**
   * Milliseconds > 0: `attemptMs` by default none, `totalMs` 60000. A `totalMs` that is given covers the body too, the
   * default ends with the head of the answer.
   */
  readonly timeout?: { readonly attemptMs?: number; readonly totalMs?: number } | undefined
  /** Bytes of a streamed request body that are kept for a further attempt; `fetch` streams every body. Default 65536. */
  readonly replayBytesMax?: number | undefined
  /** Origins with policies of their own at one time; the one that was used longest ago goes. Default 1000. */
  readonly originsMax?: number | undefined
}

/**
 * The policies as an interceptor of undici, for code that has its own dispatcher, `fetch` included. Each origin has
 * its own circuit breaker, budget and bulkhead.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * import { Agent, setGlobalDispatcher } from 'undici'
 * setGlobalDispatcher(new Agent().compose(watertightInterceptor({ retry: { attempts: 3 }, breaker: {} })))
 */
export function watertightInterceptor(
  options: InterceptorOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  const { originsMax, replayBytesMax = REPLAY_BYTES_MAX, ...policies } = options
  checkInterceptorOptions(policies, replayBytesMax)
  carryScopes()
  const verdicts = verdictsOf(policies)
  const origins = registry<Policy>({
    create: () => originPolicy(policies, verdicts),
    max: originsMax ?? 1_000,
  })
  // Made once for nothing, so that a wrong option is found now and not with the first request.
  originPolicy(policies, verdicts)
  const { attemptMs, totalMs } = policies.timeout ?? {}
  const attemptLimit = limitQueue(attemptMs)
  return (dispatch) => (request, handler) => {
    // A tunnel or another protocol is no request that could be made again.
    const isRequest = request.method !== 'CONNECT' && (request.upgrade ?? false) === false
    if (!isRequest) return dispatch(request, handler)
    const call = new InterceptedCall(
      { dispatch, verdicts, attemptLimit, totalMs, replayBytesMax },
      request,
      handler,
    )
    void call.run(origins.get(call.origin))
    return true
  }
}

type Policies = Omit<InterceptorOptions, 'originsMax' | 'replayBytesMax'>

const known = ['timeout', 'answers', 'retry', 'breaker', 'bulkhead', 'adaptiveLimit', 'rateLimit']

/** Endpoints, connections and fallbacks are not an interceptor's: an option that did nothing would be a trap. */
function checkInterceptorOptions(policies: Policies, replayBytesMax: number): void {
  const timeouts = Object.keys(policies.timeout ?? {}).filter((key) => !/^(attempt|total)Ms$/.test(key))
  const [unknown] = [
    ...Object.keys(policies).filter((key) => !known.includes(key)),
    ...timeouts.map((key) => `timeout.${key}`),
  ]
  if (unknown !== undefined) {
    const all = [...known, 'replayBytesMax', 'originsMax', 'timeout.attemptMs', 'timeout.totalMs']
    const near = nearestSpelling(unknown, all)
    const hint = near === undefined ? `allowed are ${all.join(', ')}` : `did you mean ${near}?`
    throw new OptionError(`cannot create interceptor: unknown option '${unknown}'; ${hint}`, unknown)
  }
  checkFetchOptions({ ...policies, replayBytesMax, endpoints: [] }, 'interceptor')
}

function originPolicy(policies: CallPolicies, verdicts: Verdicts): Policy {
  const stateful = new StatefulPolicies(clientFailures)
  stateful.reconfigure(policies, verdicts)
  return compose(policies, stateful)
}
