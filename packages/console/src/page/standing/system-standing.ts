import type { Level } from '../../model/service-stand.js'
import type { Snapshot } from '../../model/snapshot.js'
import { formatNoun } from '../format/format-count.js'

export interface Reason {
  readonly level: Level
  /** The service or the edge that it is about. */
  readonly place: string
  readonly text: string
}

export interface SystemStanding {
  readonly level: Level
  /** One sentence that says how everything is. */
  readonly sentence: string
  /** The worst first. */
  readonly reasons: readonly Reason[]
}

const order: Readonly<Record<Level, number>> = { critical: 0, warning: 1, unknown: 2, ok: 3 }

/** How the system is as a whole, and why. */
export function systemStanding({ services, edges, sources }: Snapshot): SystemStanding {
  const places = [
    ...services.map(({ name, level, because }) => ({ place: name, level, because })),
    ...edges.map(({ id, level, because }) => ({ place: id, level, because })),
  ]
  const reasons = places
    .filter(({ level }) => level === 'critical' || level === 'warning')
    .flatMap(({ place, level, because }) => [{ place, level, text: because[0] ?? level }])
    .toSorted((a, b) => order[a.level] - order[b.level])
  const own = services.filter(({ kind }) => kind !== 'external')
  const unknown = own.filter(({ level }) => level === 'unknown').length
  const failing = sources.filter(({ state }) => state === 'failing').length
  const worst = reasons[0]
  if (worst !== undefined) return { level: worst.level, sentence: troubleSentence(reasons), reasons }
  if (unknown > 0) {
    const sentence = `${formatNoun(unknown, 'service')} of ${own.length} cannot be judged: ${formatNoun(failing, 'source')} cannot be asked`
    return { level: 'unknown', sentence, reasons }
  }
  return { level: 'ok', sentence: `All well: ${formatNoun(own.length, 'service')}, none in trouble`, reasons }
}

function troubleSentence(reasons: readonly Reason[]): string {
  const critical = reasons.filter(({ level }) => level === 'critical').length
  const rest = reasons.length - critical
  const parts = [
    ...(critical > 0 ? [`${critical} critical`] : []),
    ...(rest > 0 ? [formatNoun(rest, 'warning')] : []),
  ]
  return parts.join(', ')
}

/** `order>payment` as people read it. */
export function placeText(place: string): string {
  return place.replace('>', ' → ')
}
