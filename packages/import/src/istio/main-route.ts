import type { Setting } from '../settings/setting.js'

/**
 * The route whose timeout and retries become the policy of a call: the one that takes every request, or the first.
 * One that leads to no service has none. Changes nothing.
 */
export function mainRoute(http: readonly Setting[]): Setting | undefined {
  const forwarding = http.filter((route) => route.at('route') !== undefined)
  return forwarding.find((route) => route.at('match') === undefined) ?? forwarding[0]
}

/**
 * Uses what the routes of a VirtualService say about a call inside the mesh and names the rest: the other routes,
 * conditions, and destinations that are another service than the one called.
 */
export function declineRouting(
  http: readonly Setting[],
  main: Setting | undefined,
  isCallee: (host: string) => boolean,
): void {
  for (const route of http) {
    if (route === main) continue
    route.decline(
      'a call has one policy for all its requests, that of the route without a match: make this a service of its own',
    )
  }
  main?.at('match')?.decline('the policy holds for every request of the call, whatever its path')
  const destinations = main?.at('route')?.items ?? []
  for (const destination of destinations) {
    const host = destination.at('destination', 'host')
    if (host === undefined) continue
    if (isCallee(host.text)) host.use()
    else
      host.decline('a call goes to the service that it names: name this one as the callee where it is called')
  }
  if (destinations.length === 1) destinations[0]?.at('weight')?.use()
}
