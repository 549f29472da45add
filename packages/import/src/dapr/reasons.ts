import type { Setting } from '../settings/setting.js'

const builtIn =
  'it changes the retries that the Dapr sidecar makes by itself, which go away with it; nothing to do'
const cache = 'a breaker is kept for each callee here, not in a cache; nothing to do'

/** Why a value that nobody used is not in the manifest. */
export function daprReason(setting: Setting): string {
  const { path, key } = setting
  if (/\.targets\.components(\.|$)/.test(path)) {
    return 'a component is called by the Dapr sidecar: wrap its client in pipeline(...) in code, or in a service of its own'
  }
  if (/\.targets\.actors(\.|$)/.test(path)) {
    return 'actors have no equivalent: call the service that holds their state, with a policy for that call'
  }
  if (/\.retries\.DaprBuiltIn/.test(path)) return builtIn
  if (key === 'circuitBreakerCacheSize' || key === 'circuitBreakerScope') return cache
  if (key === 'interval')
    return 'failures in a row are forgotten after a success only; a window of time is window.duration'
  if (key === 'gRPCStatusCodes') return 'retry.on names HTTP statuses; use `when` of retry() in code for gRPC'
  if (/^Resiliency[^.]*\.metadata/.test(path)) return 'it describes the Kubernetes object; nothing to do'
  if (/\.spec\.policies\.\w+\.[^.]+$/.test(path))
    return 'no app under targets uses it; write a policy where one should'
  if (/\.spec\.policies(\.|$)/.test(path))
    return 'no app under targets uses it, or the key is not known to the import'
  return 'this key is not known to the import: check its spelling, or write what it means by hand'
}
