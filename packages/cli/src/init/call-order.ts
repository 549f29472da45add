import type { SystemSketch } from './system-sketch.js'

/** The calls of a sketch without circles, and how deep each callee's own calls go. */
export interface CallOrder {
  /** Every service, each after those that it calls. */
  readonly calleesFirst: readonly string[]
  /** The callees of a service that are kept. */
  callees(service: string): readonly string[]
  /** The callees of a service that would close a circle. */
  dropped(service: string): readonly string[]
  /** 0 for a service that calls nobody but datastores. */
  height(service: string): number
}

/**
 * Orders calls by a depth-first walk. A manifest with a circle of calls is refused, so the call that closes one is
 * left out. Cost: linear in services and calls; the walk keeps its own stack, as chains may be long.
 */
export function orderCalls({ services }: SystemSketch): CallOrder {
  const byName = new Map(services.map((service) => [service.name, service]))
  const kept = new Map<string, string[]>()
  const dropped = new Map<string, string[]>()
  const heights = new Map<string, number>()
  const open = new Set<string>()
  for (const { name: root } of services) {
    if (heights.has(root)) continue
    const stack = [frame(root)]
    open.add(root)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.rest.pop()
      if (next === undefined) {
        stack.pop()
        open.delete(top.name)
        heights.set(top.name, heightOf(top.name))
      } else if (open.has(next)) {
        dropped.set(top.name, [...(dropped.get(top.name) ?? []), next])
      } else {
        kept.get(top.name)?.push(next)
        if (heights.has(next)) continue
        open.add(next)
        stack.push(frame(next))
      }
    }
  }

  function frame(name: string): { readonly name: string; readonly rest: string[] } {
    kept.set(name, [])
    const service = byName.get(name)
    // What a broker or a collector calls is its own affair: no policy of ours runs in it.
    const callees = service?.kind === 'service' ? service.calls : []
    const known = callees.filter((callee) => (byName.get(callee)?.kind ?? 'telemetry') !== 'telemetry')
    return { name, rest: [...new Set(known)].toReversed() }
  }

  function heightOf(name: string): number {
    const below = (kept.get(name) ?? []).filter((callee) => byName.get(callee)?.kind !== 'datastore')
    return below.length === 0 ? 0 : 1 + Math.max(...below.map((callee) => heights.get(callee) ?? 0))
  }

  return {
    calleesFirst: [...heights.keys()],
    callees: (service) => kept.get(service) ?? [],
    dropped: (service) => dropped.get(service) ?? [],
    height: (service) => heights.get(service) ?? 0,
  }
}
