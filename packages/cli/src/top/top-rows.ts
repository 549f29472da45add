import type { Level, ReplicaStand, Snapshot } from '@watertight/console'
import { type BreakerBefore, breakersBefore } from './breakers-before.js'

/** What `watertight top` tells of a service. A number is null where nobody knows it. */
export interface TopRow {
  readonly name: string
  readonly level: Level
  /** Why it is not `ok`. */
  readonly because: readonly string[]
  /** Of its processes, sidecars apart; null where it is not run here. */
  readonly ready: number | null
  readonly replicas: number | null
  /** The worst of its processes. */
  readonly state: ReplicaStand['state'] | null
  /** Of all its processes, sidecars among them; 1 is a core. */
  readonly cpu: number | null
  readonly memoryBytes: number | null
  readonly ratePerSecond: number | null
  readonly successShare: number | null
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  /** The circuit breakers before it, by who calls. */
  readonly breakers: readonly BreakerBefore[]
}

/** From bad to good. */
const STATES = ['crash-loop', 'restarting', 'stopped', 'stopping', 'starting', 'ready'] as const

/** One row a service, in the order of the document. */
export function topRows(snapshot: Snapshot): TopRow[] {
  return snapshot.services.map(({ name, level, because, signals, replicas }) => {
    const all = replicas.known ? replicas.value : []
    const own = all.filter(({ kind }) => kind !== 'sidecar')
    const measured = signals.known ? signals.value : undefined
    const errors = measured?.errorShare ?? null
    return {
      name,
      level,
      because,
      ready: replicas.known ? own.filter(({ state }) => state === 'ready').length : null,
      replicas: replicas.known ? own.length : null,
      state: STATES.find((state) => all.some((one) => one.state === state)) ?? null,
      cpu: sumOf(all.map((one) => one.cpu)),
      memoryBytes: sumOf(all.map((one) => one.memoryBytes)),
      ratePerSecond: measured?.ratePerSecond ?? null,
      successShare: errors === null ? null : 1 - errors,
      p50Ms: measured?.p50Ms ?? null,
      p99Ms: measured?.p99Ms ?? null,
      breakers: breakersBefore(snapshot, name),
    }
  })
}

/** Whether everything that can be asked has answered often enough for a rate. */
export function isMeasured({ services, sources }: Snapshot): boolean {
  if (sources.some(({ kind, state }) => kind !== 'traces' && state === 'waiting')) return false
  return services.every(({ kind, signals, replicas }) => {
    if (kind === 'external') return true
    const isFresh = signals.known && signals.value.ratePerSecond === null
    return !isFresh && replicas.known && replicas.value.every(({ pid, cpu }) => pid === null || cpu !== null)
  })
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
