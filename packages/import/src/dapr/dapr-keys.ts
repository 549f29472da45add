import type { KnownKeys, Setting } from '../settings/setting.js'

const metadata = 'it describes the Kubernetes object; nothing to do'
const builtIn =
  'it changes the retries that the Dapr sidecar makes by itself, which go away with it; nothing to do'
const cache = 'a breaker is kept for each callee here, not in a cache; nothing to do'
const component =
  'a component is called by the Dapr sidecar: wrap its client in pipeline(...) in code, or in a service of its own'
const actor =
  'actors have no equivalent: call the service that holds their state, with a policy for that call'
const bounds = 'it bounds exponential retries only, and this one is constant; nothing to do'

/** What a policy is for, by the name that Dapr knows, or nothing. */
function unused(policy: Setting): string | undefined {
  if (policy.key.startsWith('DaprBuiltIn')) return builtIn
  if (/^Default(Component|Actor)/.test(policy.key))
    return policy.key.startsWith('DefaultActor') ? actor : component
  if (/^Default(App)?(Retry|Timeout|CircuitBreaker)Policy$/.test(policy.key))
    return 'DefaultApp..., which stands beside it, holds for apps; nothing to do'
  return policy.visited ? undefined : 'no app under targets uses it; write a policy where one should'
}

const noTarget = 'no app under targets uses it; write a policy where one should'

/** The keys of a Resiliency. */
export const daprKeys: KnownKeys = {
  apiVersion: metadata,
  kind: metadata,
  version: metadata,
  metadata: { '*': metadata },
  scopes: 'a scope is the name of an app',
  spec: {
    policies: {
      timeouts: { '*': (timeout) => unused(timeout) ?? 'a duration must stand there' },
      retries: {
        '*': (retry) =>
          unused(retry) ?? {
            policy: noTarget,
            duration: 'exponential retries in Dapr start at 500 ms whatever duration says; nothing to do',
            maxInterval: bounds,
            maxRetries: noTarget,
            matching: {
              httpStatusCodes: noTarget,
              gRPCStatusCodes: 'retry.on names HTTP statuses; use `when` of retry() in code for gRPC',
            },
          },
      },
      circuitBreakers: {
        '*': (breaker) =>
          unused(breaker) ?? {
            maxRequests: noTarget,
            interval:
              'failures in a row are forgotten after a success only; a window of time is window.duration',
            timeout: noTarget,
            trip: noTarget,
          },
      },
    },
    targets: {
      apps: {
        '*': {
          timeout: noTarget,
          retry: noTarget,
          circuitBreaker: noTarget,
          circuitBreakerCacheSize: cache,
        },
      },
      actors: actor,
      components: component,
    },
  },
}
