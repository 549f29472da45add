import type { Snapshot } from '@watertight/console'
import { type BreakerBefore, breakersBefore } from '../top/breakers-before.js'
import type { DrillPlan } from './drill-plan.js'

/** What a drill looks at, at one moment. */
export interface Sight {
  readonly snapshot: Snapshot
  /** What the watched place answers, where that is not 200. */
  readonly watched: string | undefined
  /** Whether requests of the drill have failed just now. */
  readonly isFailing: boolean
}

/** Who has noticed that something is wrong: `the breaker of order`, `GET /readyz answered 503`, `order`, whose process has ended. */
export function noticedBy({ target, blow }: DrillPlan, { snapshot, watched }: Sight): string | undefined {
  const open = target === undefined ? [] : breakersBefore(snapshot, target).filter(isOpen)
  if (open.length > 0) return `the breaker of ${open.map(({ from }) => from).join(', ')}`
  if (watched !== undefined) return watched
  // A fault strikes calls and no process.
  const away = blow.kind === 'fault' ? undefined : unready(snapshot)
  return away === undefined ? undefined : `the process of ${away}`
}

/**
 * When a circuit breaker before the target opened first since then, in milliseconds since 1970, and whose; where processes were
 * killed, when the first was found to have ended. It may have closed, or run, again between two looks.
 */
export function noticedSince(
  { target, blow }: DrillPlan,
  { events }: Snapshot,
  since: number,
): { readonly at: number; readonly by: string } | undefined {
  const noticed = events.find(({ kind, level, edge, service, at }) => {
    if (target === undefined || level !== 'critical' || at < since) return false
    if (kind === 'process') return blow.kind === 'kill' && service === target
    return kind === 'breaker' && calleeOf(edge) === target
  })
  if (noticed === undefined) return undefined
  const { at, kind, edge } = noticed
  return {
    at,
    by: kind === 'process' ? `the supervisor of ${target}` : `the breaker of ${edge?.split('>')[0]}`,
  }
}

const calleeOf = (edge: string | null): string | undefined => edge?.split('>')[1]

/** What is not well yet. */
export function troubleOf(plan: DrillPlan, sight: Sight): string | undefined {
  const noticed = noticedBy(plan, sight)
  if (noticed !== undefined) return noticed
  const away = unready(sight.snapshot)
  if (away !== undefined) return `${away} is not ready`
  return sight.isFailing ? 'requests fail' : undefined
}

/** What speaks against a drill: what is not well already, it cannot tell from what it does itself. */
export function obstacle(
  { target, watch, blow }: Pick<DrillPlan, 'target' | 'watch' | 'blow'>,
  { snapshot, watched, isFailing }: Sight,
): string | undefined {
  const breakers = target === undefined ? [] : breakersBefore(snapshot, target)
  // Whoever runs a process sees it end, with or without one.
  if (breakers.length === 0 && watch === undefined && blow.kind !== 'kill')
    return `no circuit breaker before ${target} tells its state`
  const open = breakers.find(isOpen)
  if (open !== undefined) return `the breaker of ${open.from} before ${target} is not closed already`
  if (watched !== undefined) return watched
  const away = unready(snapshot)
  if (away !== undefined) return `${away} is not ready`
  return isFailing ? 'requests fail already' : undefined
}

function unready({ services }: Snapshot): string | undefined {
  return services.find(
    ({ replicas }) => replicas.known && replicas.value.some(({ state }) => state !== 'ready'),
  )?.name
}

function isOpen({ state }: BreakerBefore): boolean {
  return state === 'open' || state === 'half-open'
}
