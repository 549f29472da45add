import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { EdgeStand } from '../../model/edge-stand.js'
import type { ServiceStand } from '../../model/service-stand.js'
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

/** The names and ids of everything in the graph, as text: it changes when something comes, goes or moves. */
export const topology: ReadonlySignal<string> = computed(() => {
  const { services: nodes, edges: calls } = shown.value ?? { services: [], edges: [] }
  return JSON.stringify({
    nodes: nodes.map(({ name }) => name),
    edges: calls.map(({ id, from, to }) => ({ id, from, to })),
  })
})

export function followStands(): void {
  effect(() => {
    const snapshot = shown.value
    batch(() => {
      services.update(snapshot?.services ?? [])
      edges.update(snapshot?.edges ?? [])
    })
  })
}
