import type { EdgeStand } from './edge-stand.js'
import type { ServiceStand } from './service-stand.js'
import type { Snapshot } from './snapshot.js'

/** What differs between a snapshot and the one before it: an event `change` of the stream. */
export interface Change {
  readonly sequence: number
  /** The sequence of the snapshot that it is applied to. */
  readonly after: number
  readonly at: number
  /** The parts of a snapshot that are replaced as a whole. */
  readonly parts: Partial<Omit<Snapshot, 'sequence' | 'at' | 'schemaVersion' | 'services' | 'edges'>>
  /** Services, by name, that are new or differ. */
  readonly services: readonly ServiceStand[]
  /** Edges, by id, that are new or differ. */
  readonly edges: readonly EdgeStand[]
  /** The names of all services and the ids of all edges in their order; null when nothing came, went or moved. */
  readonly order: { readonly services: readonly string[]; readonly edges: readonly string[] } | null
}

/** The snapshot after a change. What has not changed is the same object as before. */
export function applyChange(before: Snapshot, change: Change): Snapshot {
  const { sequence, at, parts, services, edges, order } = change
  return {
    ...before,
    ...parts,
    sequence,
    at,
    services: merged(before.services, services, order?.services, ({ name }) => name),
    edges: merged(before.edges, edges, order?.edges, ({ id }) => id),
  }
}

function merged<Item>(
  before: readonly Item[],
  changed: readonly Item[],
  order: readonly string[] | undefined,
  keyOf: (item: Item) => string,
): readonly Item[] {
  if (changed.length === 0 && order === undefined) return before
  const byKey = new Map([...before, ...changed].map((item) => [keyOf(item), item]))
  return (order ?? before.map(keyOf)).flatMap((key) => byKey.get(key) ?? [])
}

/** Such that `applyChange(before, changeBetween(before, after))` equals `after`. */
export function changeBetween(before: Snapshot, after: Snapshot): Change {
  const parts: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(after)) {
    if (ALONE.has(name)) continue
    if (differs(before[name as keyof Snapshot], value)) parts[name] = value
  }
  const services = changedItems(before.services, after.services, ({ name }) => name)
  const edges = changedItems(before.edges, after.edges, ({ id }) => id)
  const order = {
    services: after.services.map(({ name }) => name),
    edges: after.edges.map(({ id }) => id),
  }
  const isSameOrder = !differs(
    [before.services.map(({ name }) => name), before.edges.map(({ id }) => id)],
    [order.services, order.edges],
  )
  const { sequence, at } = after
  return { sequence, after: before.sequence, at, parts, services, edges, order: isSameOrder ? null : order }
}

const ALONE: ReadonlySet<string> = new Set(['schemaVersion', 'sequence', 'at', 'services', 'edges'])

function changedItems<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): Item[] {
  const former = new Map(before.map((item) => [keyOf(item), item]))
  return after.filter((item) => differs(former.get(keyOf(item)), item))
}

/** Both are plain data, made by the same code: their keys come in the same order. */
function differs(before: unknown, after: unknown): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after)
}
