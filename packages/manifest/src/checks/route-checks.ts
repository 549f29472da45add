import type { NamedMatch, RedirectModel, RouteMatch, ValueMatch } from '../model/route-model.js'
import type { Scheme } from '../words/scheme-names.js'
import type { Check } from './check.js'

export const routeChecks: readonly Check[] = [
  {
    code: 'WT-OPERATIONS-ROUTE-SHADOWED',
    group: 'operations',
    severity: 'warning',
    title: 'a route that no request reaches',
    *find(model) {
      for (const [index, route] of model.routes.entries()) {
        const shadow = model.routes
          .slice(Math.max(0, index - 500), index)
          .find(({ match }) => coversRoute(match, route.match))
        if (shadow === undefined) continue
        yield {
          path: [...route.path, 'match'],
          message: `no request reaches this route: an earlier one takes ${shadow.match.path}${shadow.to === undefined ? '' : ` to ${shadow.to}`}`,
          hint: 'the first route that matches wins: put it above the other, or give it another path, or other methods, hosts, headers or query',
        }
      }
    },
  },
  {
    code: 'WT-OPERATIONS-REDIRECT-LOOP',
    group: 'operations',
    severity: 'error',
    title: 'a route that redirects to itself',
    *find({ routes, gateway }) {
      const scheme = gateway.listen?.tls === undefined ? 'http' : 'https'
      for (const { path, match, redirect } of routes) {
        if (redirect === undefined || !returns(match, redirect, scheme)) continue
        yield {
          path: [...path, 'redirect'],
          message: `${match.path} redirects to a place that this route takes again: callers go round until they give up`,
          hint: 'redirect to another path, host or scheme, or let the route match less',
        }
      }
    },
  },
]

/** Whether the caller that follows a redirect comes back to the same route. */
function returns(match: RouteMatch, redirect: RedirectModel, scheme: Scheme): boolean {
  const { status, host, port, path } = redirect
  // Anything but 307 and 308 may become a GET.
  const isSame = status >= 307 || match.methods.length === 0 || match.methods.includes('GET')
  const isHere = host === undefined || match.hosts.some((one) => coversHost(one, host))
  if (!isSame || !isHere || port !== undefined) return false
  if (redirect.scheme !== undefined && redirect.scheme !== scheme) return false
  if (path === undefined) return true
  const target = path.path.replace(/[?#].*$/, '')
  return takesPath(match, target)
}

function takesPath({ path, pathKind }: RouteMatch, target: string): boolean {
  if (pathKind === 'exact') return path === target
  if (pathKind === 'regex') return new RegExp(`^(?:${path})$`).test(target)
  if (!target.startsWith(path)) return false
  return (
    pathKind === 'prefix' ||
    path.endsWith('/') ||
    target.length === path.length ||
    target[path.length] === '/'
  )
}

/** Whether the earlier route takes every request that the later one would take. */
function coversRoute(earlier: RouteMatch, later: RouteMatch): boolean {
  return (
    coversPath(earlier, later) &&
    coversAll(earlier.methods, later.methods, (one, other) => one === other) &&
    coversAll(earlier.hosts, later.hosts, coversHost) &&
    coversValues(earlier.headers, later.headers) &&
    coversValues(earlier.query, later.query)
  )
}

/** Whatever the earlier one asks of a value, the later one asks it too, or more. */
function coversValues(earlier: readonly NamedMatch[], later: readonly NamedMatch[]): boolean {
  return earlier.every((one) => later.some((other) => one.name === other.name && coversValue(one, other)))
}

function coversValue(one: ValueMatch, other: ValueMatch): boolean {
  if (one.kind === other.kind && one.value === other.value) return true
  if (one.kind === 'present') return other.kind !== 'absent'
  if (one.kind !== 'prefix') return false
  return (other.kind === 'exact' || other.kind === 'prefix') && other.value.startsWith(one.value)
}

function coversPath(earlier: RouteMatch, later: RouteMatch): boolean {
  const [above, below] = [earlier.path, later.path]
  if (earlier.pathKind === 'regex' || later.pathKind === 'regex') return coversExpression(earlier, later)
  if (earlier.pathKind === 'exact') return later.pathKind === 'exact' && above === below
  if (!below.startsWith(above)) return false
  if (earlier.pathKind === 'prefix' || above.endsWith('/')) return true
  // `/api` takes `/api` and `/api/x`, and not all that the letters `/api` start.
  return above === below ? later.pathKind !== 'prefix' : below[above.length] === '/'
}

// What an expression matches is told only where it is the same one, or where every path is taken.
function coversExpression(earlier: RouteMatch, later: RouteMatch): boolean {
  if (earlier.pathKind === later.pathKind) return earlier.path === later.path
  return earlier.path === '/' && (earlier.pathKind === 'segments' || earlier.pathKind === 'prefix')
}

/** None stands for all. */
function coversAll(
  earlier: readonly string[],
  later: readonly string[],
  covers: (one: string, other: string) => boolean,
): boolean {
  if (earlier.length === 0) return true
  return later.length > 0 && later.every((other) => earlier.some((one) => covers(one, other)))
}

function coversHost(one: string, other: string): boolean {
  return one === other || (one.startsWith('*.') && other.endsWith(one.slice(1)))
}
