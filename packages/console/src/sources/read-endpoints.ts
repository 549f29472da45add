import type { EndpointStand } from '../model/service-panel.js'
import type { Told } from '../model/told.js'
import { type EnvoyClusters, envoyClusters, type SeenCluster } from './envoy-clusters.js'
import { fetchJson } from './fetch-text.js'
import type { PagePlace } from './metrics-pages.js'
import { reasonOf } from './polled-source.js'

/** How the endpoints that a service calls, and its own, stand, as the proxies see them. */
export async function readEndpoints(
  proxies: readonly PagePlace[],
  service: string,
  deadlineMs: number,
): Promise<Told<readonly EndpointStand[]>> {
  if (proxies.length === 0)
    return { known: false, source: 'proxies', reason: 'no proxy is known that would have endpoints' }
  try {
    const signal = AbortSignal.timeout(deadlineMs)
    const all = await Promise.all(
      proxies.map(async ({ instance, service: beside, url }) => {
        const page = `${url.replace(/\/stats\/prometheus$/, '')}/clusters?format=json`
        const told = (await fetchJson(page, signal)) as
          { readonly clusters: readonly SeenCluster[] } | EnvoyClusters
        const clusters = 'clusters' in told ? told.clusters : envoyClusters(told)
        return clusters
          .filter(({ name }) => beside === service || name.replace(/#\d+$/, '') === service)
          .flatMap(({ name, endpoints }) =>
            endpoints.map((endpoint) => ({ seenBy: instance, to: name, ...endpoint })),
          )
      }),
    )
    return { known: true, value: all.flat() }
  } catch (error) {
    return { known: false, source: 'proxies', reason: reasonOf(error) }
  }
}
