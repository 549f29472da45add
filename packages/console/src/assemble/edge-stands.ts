import type { CallModel } from '@watertight/manifest'
import type { CountedCalls } from '../metrics/totals-window.js'
import type { CallTotals } from '../metrics/totals.js'
import type { BreakerState, CallSignals, EdgeStand } from '../model/edge-stand.js'
import type { Told } from '../model/told.js'
import { type Measured, measuredCalls } from './measured.js'
import type { Readings } from './readings.js'
import { levelOf, percent } from './service-level.js'
import { added, rounded, signalsOf } from './service-stands.js'

interface KnownEdge {
  readonly from: string
  readonly to: string
  readonly enforce: CallModel['enforce'] | undefined
  readonly hasBreaker: boolean | undefined
  readonly optional: boolean
}

/** The calls of the document, the routes of its gateway, and those that only metrics know. */
export function edgeStands(readings: Readings): EdgeStand[] {
  const edges = new Map(knownEdges(readings).map((edge) => [`${edge.from}>${edge.to}`, edge]))
  for (const page of readings.pages) {
    for (const [id, { from, to }] of page.window.last?.calls ?? [])
      // What a sidecar hands to the process that it stands beside is no call of another service.
      if (!edges.has(id) && from !== to)
        edges.set(id, { from, to, enforce: undefined, hasBreaker: undefined, optional: false })
  }
  return [...edges].map(([id, edge]) => edgeStand(id, edge, readings))
}

function knownEdges({ model }: Readings): KnownEdge[] {
  if (model === undefined) return []
  return [
    ...model.forwardingRoutes.map(({ to, policy }) => ({
      from: 'gateway',
      to,
      enforce: undefined,
      hasBreaker: policy.breaker !== undefined,
      optional: false,
    })),
    ...model.calls.map(({ from, to, enforce, optional, policy }) => ({
      from,
      to,
      enforce,
      hasBreaker: policy.breaker !== undefined,
      optional,
    })),
  ]
}

function edgeStand(id: string, edge: KnownEdge, { pages }: Readings): EdgeStand {
  const { from, to, enforce, hasBreaker, optional } = edge
  const measured = measuredCalls(pages, edge, enforce)
  const signals: Told<CallSignals> = measured.known
    ? { known: true, value: callSignals(measured.value, hasBreaker) }
    : measured
  const troubles = signals.known ? troublesOf(signals.value, to, optional) : []
  return { id, from, to, ...levelOf(troubles, !signals.known), optional, signals }
}

function callSignals(
  { totals, counted }: Measured<CallTotals, CountedCalls>,
  hasBreaker: boolean | undefined,
): CallSignals {
  const notTold = totals.find((one) => one.notTold !== null)?.notTold ?? null
  const rate = (key: 'retries' | 'refusals' | 'fallbacks' | 'timeouts' | 'hedges'): number | null =>
    counted === null ? null : rounded(counted[key] / counted.seconds)
  return {
    ...signalsOf(counted),
    breaker: worstBreaker(totals) ?? (hasBreaker === false ? 'none' : null),
    retriesPerSecond: rate('retries'),
    refusalsPerSecond: rate('refusals'),
    fallbacksPerSecond: notTold === null ? rate('fallbacks') : null,
    timeoutsPerSecond: rate('timeouts'),
    hedgesPerSecond: notTold === null ? rate('hedges') : null,
    budgetRemaining: added(totals.map(({ budgetRemaining }) => budgetRemaining)),
    running: added(totals.map(({ running }) => running)),
    queued: added(totals.map(({ queued }) => queued)),
    ejectedEndpoints: added(totals.map(({ ejected }) => ejected)),
    notTold,
  }
}

/** Each replica of the caller has a breaker of its own. */
const WORST_FIRST: readonly BreakerState[] = [
  'forced-open',
  'open',
  'half-open',
  'observe',
  'forced-closed',
  'closed',
]

function worstBreaker(totals: readonly CallTotals[]): BreakerState | undefined {
  return WORST_FIRST.find((state) => totals.some(({ breaker }) => breaker === state))
}

function troublesOf(signals: CallSignals, to: string, optional: boolean): Parameters<typeof levelOf>[0] {
  const { breaker, errorShare, ejectedEndpoints, retriesPerSecond, ratePerSecond } = signals
  const serious = optional ? 'warning' : 'critical'
  const isOpen = breaker === 'open' || breaker === 'forced-open'
  const failing = errorShare !== null && errorShare >= 0.05
  const retrying =
    ratePerSecond !== null && retriesPerSecond !== null && retriesPerSecond > ratePerSecond * 0.1
  return [
    ...(isOpen ? [{ level: serious, text: `its circuit breaker is ${breaker}` } as const] : []),
    ...(breaker === 'half-open'
      ? [{ level: 'warning', text: `its circuit breaker tries ${to} again` } as const]
      : []),
    ...(failing
      ? [
          {
            level: errorShare >= 0.5 ? serious : 'warning',
            text: `${percent(errorShare)} of the calls fail`,
          } as const,
        ]
      : []),
    ...(retrying ? [{ level: 'warning', text: 'more than 10% of the calls are tried again' } as const] : []),
    ...(ejectedEndpoints !== null && ejectedEndpoints > 0
      ? [
          {
            level: 'warning',
            text: `${ejectedEndpoints} of its endpoints ${ejectedEndpoints === 1 ? 'is' : 'are'} ejected`,
          } as const,
        ]
      : []),
  ]
}
