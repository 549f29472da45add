import type { Setting } from '../settings/setting.js'
import { readShortcut } from './shortcut.js'

const severalOrExact =
  '`rewrite` says a path as it is, for a route that matches all below one, and not after another change of the path'

/** Filters that a route has another word for, which no import can fill in. */
const filterReasons: Readonly<Record<string, string>> = {
  CircuitBreaker:
    'write breaker under this route, with the values of the instance that the filter names, and fallback for its fallbackUri',
  RequestRateLimiter: 'write rateLimit under this route: it counts all callers together, not each by its key',
  StripPrefix:
    'it takes away more of the path than the route matches, or is one of several, which `rewrite` cannot say',
  PrefixPath: severalOrExact,
  SetPath: severalOrExact,
  RewritePath:
    '`rewrite` puts a path in the place of the part that the route matches, and this asks for something else',
  SetStatus: 'the status of an answer is that of the service here',
  RedirectTo: 'write redirect under this route, in place of to',
  PreserveHostHeader: 'the Host header is passed on as it came, unless `rewrite` changes it; nothing to do',
}

/** Why a filter of Spring Cloud Gateway is not in the manifest. */
export function filterReason(setting: Setting): string {
  const name = readShortcut(setting)?.name ?? ''
  if (Object.hasOwn(filterReasons, name)) return filterReasons[name] ?? ''
  return /^(Add|Set|Remove)(Request|Response)Header$/.test(name)
    ? 'a header with something to be filled in, or one that is changed twice, cannot be said under headers'
    : 'a filter that a route of a manifest has no equivalent for: keep the gateway that you have, or do it in the service'
}
