import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { EdgeStand } from '../../model/edge-stand.js'
import type { ServiceStand } from '../../model/service-stand.js'
import type { GraphShape } from '../graph/graph-plan.js'
import { shown } from './shown.js'

/** A signal for each item, so that a change of one draws that one again and no other. */
class Stands<Item> {
  readonly #keyOf: (item: Item) => string
  readonly #signals = new Map<string, Signal<Item | null>>()

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf
  }

  of(key: string): ReadonlySignal<Item | null> {
    return this.#signalOf(key)
  }

  update(items: readonly Item[]): void {
    const present = new Set<string>()
    for (const item of items) {
      const key = this.#keyOf(item)
      present.add(key)
      this.#signalOf(key).value = item
    }
    for (const [key, one] of this.#signals) if (!present.has(key)) one.value = null
  }

  #signalOf(key: string): Signal<Item | null> {
    let found = this.#signals.get(key)
    if (found === undefined) {
      found = signal<Item | null>(null)
      this.#signals.set(key, found)
    }
    return found
  }
}

const services = new Stands<ServiceStand>(({ name }) => name)
const edges = new Stands<EdgeStand>(({ id }) => id)

export const serviceStand = (name: string): ReadonlySignal<ServiceStand | null> => services.of(name)
export const edgeStand = (id: string): ReadonlySignal<EdgeStand | null> => edges.of(id)

interface KnownShape {
  readonly nodes: ReadonlySet<string>
  readonly edges: ReadonlySet<string>
  readonly shape: GraphShape
}

let known: KnownShape = { nodes: new Set(), edges: new Set(), shape: { nodes: [], edges: [] } }

/** Everything in the graph by name: another one only when something comes or goes. */
export const topology: ReadonlySignal<GraphShape> = computed(() => {
  const { services: nodes, edges: calls } = shown.value ?? { services: [], edges: [] }
  const isSame =
    nodes.length === known.nodes.size &&
    calls.length === known.edges.size &&
    nodes.every(({ name }) => known.nodes.has(name)) &&
    calls.every(({ id }) => known.edges.has(id))
  if (isSame) return known.shape
  known = {
    nodes: new Set(nodes.map(({ name }) => name)),
    edges: new Set(calls.map(({ id }) => id)),
    shape: {
      nodes: nodes.map(({ name }) => name),
      edges: calls.map(({ id, from, to }) => ({ id, from, to })),
    },
  }
  return known.shape
})

/**
 * Grows once a second. Sentences that are only heard follow it: nobody listens ten times a second, and to write hundreds of them is
 * what a page is slow by.
 */
export const second: ReadonlySignal<number> = computed(() => Math.floor((shown.value?.at ?? 0) / 1_000))

export function followStands(): void {
  effect(() => {
    const snapshot = shown.value
    batch(() => {
      services.update(snapshot?.services ?? [])
      edges.update(snapshot?.edges ?? [])
    })
  })
}
