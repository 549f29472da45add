import type { Setting } from '../settings/setting.js'
import { type EnvoyResources, isA } from './envoy-resources.js'

/** A connection manager for HTTP, with where its routes stand. */
export interface HttpListener {
  /** Undefined for routes that stand alone in a file. */
  readonly listener: Setting | undefined
  readonly configurations: readonly Setting[]
  /** Names of TLS that its filter chain is for. */
  readonly serverNames: Setting | undefined
  /** Whether it is for requests that services send, and not for those that come in. */
  readonly isOutbound: boolean
}

export interface HttpListeners {
  readonly found: readonly HttpListener[]
  /** Clusters that are named where no HTTP is routed: by TCP proxies, control planes, filters. */
  readonly others: ReadonlySet<string>
  /** Whether a control plane sends routes for HTTP, so that these files do not say where it leads. */
  readonly isFollowed: boolean
}

/** The connection managers for HTTP of all listeners. Files of routes alone make one. */
export function httpListeners({ documents, listeners, routeConfigurations }: EnvoyResources): HttpListeners {
  const others = new Set<string>()
  const named = new Set<Setting>()
  const managers = listeners.flatMap((listener) => {
    for (const name of clustersIn(listener.at('listenerFilters'))) others.add(name)
    const chains = [...(listener.at('filterChains')?.items ?? []), listener.at('defaultFilterChain')]
    return chains.flatMap((chain) =>
      (chain?.at('filters')?.items ?? []).flatMap((filter) => {
        const settings = filter.at('typedConfig')
        if (settings === undefined || !isA(settings, 'HttpConnectionManager')) {
          for (const name of clustersIn(filter)) others.add(name)
          return []
        }
        const own = settings.at('routeConfig')
        const sent = routeConfigurations.filter(
          (one) => one.at('name')?.text === settings.at('rds', 'routeConfigName')?.text,
        )
        for (const one of sent) named.add(one)
        const prefixes = [listener.at('name')?.text, settings.at('statPrefix')?.text]
        const configurations = own === undefined ? sent : [own]
        const isOutbound =
          listener.at('trafficDirection')?.text === 'OUTBOUND' ||
          prefixes.some((name) => /egress|outbound/i.test(name ?? ''))
        const serverNames = chain?.at('filterChainMatch', 'serverNames')
        return [{ listener, configurations, serverNames, isOutbound }]
      }),
    )
  })
  for (const document of documents)
    for (const key of ['dynamicResources', 'admin', 'statsSinks', 'layeredRuntime'])
      for (const name of clustersIn(document.at(key))) others.add(name)
  const loose = routeConfigurations.filter((one) => !named.has(one))
  const rest = loose.map((one) => ({
    listener: undefined,
    configurations: [one],
    serverNames: undefined,
    isOutbound: /egress|outbound/i.test(one.at('name')?.text ?? ''),
  }))
  const all = [...managers, ...rest]
  return {
    found: all.filter(({ configurations }) => configurations.length > 0),
    others,
    isFollowed: listeners.length === 0 || all.some(({ configurations }) => configurations.length === 0),
  }
}

/** Names of clusters in a part, wherever they stand in it. */
function clustersIn(part: Setting | undefined): string[] {
  if (part === undefined) return []
  if (['cluster', 'clusterName', 'clusterNames'].includes(part.key.replace(/_n/, 'N')))
    return part.scalar === undefined ? part.items.map(({ text }) => text) : [part.text]
  return [...part.entries, ...part.items].flatMap(clustersIn)
}
