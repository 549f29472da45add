import { readWhole } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import type { Names } from '../writing/names.js'

export interface RouteTarget {
  readonly to: string
  readonly from: Setting
}

/** The cluster that a route leads to; of several with weights the heaviest, and the others are named. */
export function readTargets(
  route: Setting,
  { clusters, names }: { readonly clusters: ReadonlyMap<string, Setting>; readonly names: Names },
): RouteTarget | undefined {
  const action = route.at('route')
  if (action === undefined) {
    const other = ['redirect', 'directResponse', 'nonForwardingAction', 'filterAction'].find(
      (key) => route.at(key) !== undefined,
    )
    return route.decline(`a route of the gateway leads to a service, and this one has ${other ?? 'none'}`)
  }
  const single = action.at('cluster')
  const weighted = (action.at('weightedClusters', 'clusters')?.items ?? []).flatMap((item) => {
    const name = item.at('name')
    return name === undefined
      ? []
      : [{ item, name, weight: readWhole(item.at('weight'), 0, 1e9)?.value ?? 0 }]
  })
  const heaviest = weighted.toSorted((a, b) => b.weight - a.weight)[0]
  const from = single ?? heaviest?.name
  if (from === undefined)
    return route.decline('the cluster is chosen by a request: write a route for each that it may be')
  const to = names.nameFor(`cluster ${from.text}`, from.text)
  for (const { item } of weighted) {
    if (item === heaviest?.item) continue
    item.decline(`a route leads to one service, here ${to}: make this a version of it, or a route of its own`)
  }
  if (!clusters.has(from.text))
    from.note(
      'no cluster of this name stands in these files, so its limits are those that Envoy has by default',
    )
  else from.use()
  return { to, from }
}
