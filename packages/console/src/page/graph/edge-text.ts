import type { BreakerState, EdgeStand } from '../../model/edge-stand.js'
import type { Level } from '../../model/service-stand.js'
import { formatRate, formatShare } from '../format/format-count.js'
import { formatPercentiles } from '../format/format-duration.js'

/** What is written at an edge. */
export interface EdgeText {
  /** `42/s  1.2%`. */
  readonly traffic: string
  /** `12 / 48 ms`. */
  readonly time: string
  /** Only what is out of the ordinary: `breaker open`. */
  readonly breaker: string | null
  readonly level: Level
}

/** A closed breaker is what everybody expects, so the graph says nothing of it. */
const breakerWords: Readonly<Record<BreakerState, string | null>> = {
  closed: null,
  none: null,
  open: 'breaker open',
  'half-open': 'half-open',
  'forced-open': 'forced open',
  'forced-closed': 'forced closed',
  observe: 'observed only',
}

export function breakerText(breaker: BreakerState | null): string | null {
  return breaker === null ? null : breakerWords[breaker]
}

export function edgeText({ level, signals }: EdgeStand): EdgeText {
  if (!signals.known) return { traffic: 'not known', time: '', breaker: null, level }
  const { ratePerSecond, errorShare, p50Ms, p99Ms, breaker } = signals.value
  const traffic = `${formatRate(ratePerSecond)}/s  ${formatShare(errorShare)}`
  return { traffic, time: formatPercentiles(p50Ms, p99Ms), breaker: breakerText(breaker), level }
}

/** All of it, as a sentence for who does not see the graph. */
export function edgeSentence(edge: EdgeStand): string {
  const { from, to, level, signals, because } = edge
  const start = `${from} calls ${to}`
  const { traffic, time, breaker } = edgeText(edge)
  if (!signals.known) return `${start}: ${traffic}, ${signals.reason}`
  return [
    `${start}: ${level}`,
    // As it is seen, so that who sees and speaks can name it.
    [breaker, traffic, time].filter((words) => words !== null).join(' '),
    'which are rate, errors, median and 99th percentile',
    ...(breaker === null ? [`breaker ${signals.value.breaker ?? 'not known'}`] : []),
    ...because,
  ].join(', ')
}
