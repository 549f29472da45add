import type {
  GoldenSignals,
  Level,
  ObjectiveStand,
  ReplicaStand,
  ServiceStand,
} from '../model/service-stand.js'
import type { Told } from '../model/told.js'

/** Without an objective, this share of errors is tolerated. */
const ALLOWED_ERRORS = 0.01
/** A budget that burns so fast is gone in two days of thirty: the page of the Site Reliability Workbook, chapter 5. */
const FAST_BURN = 14.4
const SATURATED = 0.9

interface Trouble {
  readonly level: 'warning' | 'critical'
  readonly text: string
}

/** How well a service is, and why it is not well. */
export function serviceLevel(stand: {
  readonly signals: Told<GoldenSignals>
  readonly replicas: Told<readonly ReplicaStand[]>
  readonly objectives: readonly ObjectiveStand[]
  readonly isExternal: boolean
}): Pick<ServiceStand, 'level' | 'because'> {
  const { signals, replicas, objectives, isExternal } = stand
  const troubles = [
    ...(replicas.known ? replicaTroubles(replicas.value) : []),
    ...(signals.known ? signalTroubles(signals.value, objectives) : []),
    ...objectives.flatMap(budgetTroubles),
  ]
  const nothingKnown = !signals.known && !replicas.known && !isExternal
  return levelOf(troubles, nothingKnown)
}

/** The worst of all troubles. */
export function levelOf(
  troubles: readonly Trouble[],
  nothingKnown: boolean,
): { readonly level: Level; readonly because: string[] } {
  const because = troubles.map(({ text }) => text)
  if (troubles.some(({ level }) => level === 'critical')) return { level: 'critical', because }
  if (troubles.length > 0) return { level: 'warning', because }
  return nothingKnown
    ? { level: 'unknown', because: ['nothing that would tell can be asked'] }
    : { level: 'ok', because }
}

function replicaTroubles(replicas: readonly ReplicaStand[]): Trouble[] {
  const own = replicas.filter(({ kind }) => kind !== 'sidecar')
  const isAnyReady = own.some(({ state }) => state === 'ready')
  return replicas.flatMap(({ name, state, kind }): Trouble[] => {
    if (state === 'ready') return []
    const level = state === 'crash-loop' || (!isAnyReady && kind !== 'sidecar') ? 'critical' : 'warning'
    return [{ level, text: state === 'crash-loop' ? `${name} keeps ending` : `${name} is ${state}` }]
  })
}

function signalTroubles(
  { errorShare, p99Ms, saturation, saturationOf }: GoldenSignals,
  objectives: readonly ObjectiveStand[],
): Trouble[] {
  const troubles: Trouble[] = []
  const availability = objectives.find(({ name }) => name === 'availability')
  const allowed = availability === undefined ? ALLOWED_ERRORS : 1 - availability.target
  if (errorShare !== null && errorShare > allowed) {
    const level = errorShare >= 0.05 && errorShare > allowed * 10 ? 'critical' : 'warning'
    troubles.push({ level, text: `${percent(errorShare)} of its requests fail, ${percent(allowed)} may` })
  }
  const limitMs = objectives.find(({ name }) => name === 'latency')?.limitMs ?? null
  if (p99Ms !== null && limitMs !== null && p99Ms > limitMs)
    troubles.push({ level: 'warning', text: `its p99 is ${Math.round(p99Ms)} ms, ${limitMs} ms is allowed` })
  if (saturation !== null && saturation >= SATURATED)
    troubles.push({ level: 'warning', text: `it uses ${percent(saturation)} of its ${saturationOf}` })
  return troubles
}

function budgetTroubles({ name, budgetLeft, burnRates }: ObjectiveStand): Trouble[] {
  if (budgetLeft !== null && budgetLeft <= 0)
    return [{ level: 'critical', text: `its error budget for ${name} is used up` }]
  const fast = burnRates.filter(({ window }) => window === '5m' || window === '1h')
  if (fast.length === 2 && fast.every(({ rate }) => rate >= FAST_BURN))
    return [
      {
        level: 'critical',
        text: `its error budget for ${name} burns ${Math.round(fast[0]?.rate ?? 0)} times too fast`,
      },
    ]
  return []
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))}%`
}
