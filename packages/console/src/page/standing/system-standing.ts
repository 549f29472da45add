import type { Level } from '../../model/service-stand.js'
import type { Snapshot } from '../../model/snapshot.js'
import { formatNoun } from '../format/format-count.js'
import type { ViewAddress } from '../state/view-address.js'

export interface Reason {
  readonly level: Level
  /** The service, the edge, or the part of the page that it is about. */
  readonly place: string
  /** Where the page tells more. */
  readonly more: Partial<ViewAddress>
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
export function systemStanding(snapshot: Snapshot): SystemStanding {
  const { services, edges, sources } = snapshot
  const places = [
    ...services.map(({ name, level, because }) => ({ place: name, level, because })),
    ...edges.map(({ id, level, because }) => ({ place: id, level, because })),
  ]
  const reasons = [
    ...places
      .filter(({ level }) => level === 'critical' || level === 'warning')
      .flatMap(({ place, level, because }) => [
        { place, level, more: { selected: place }, text: because[0] ?? level },
      ]),
    ...leftOver(snapshot),
  ].toSorted((a, b) => order[a.level] - order[b.level])
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

/** What nothing but a person brings to its end. */
function leftOver({ sagas, messaging }: Snapshot): Reason[] {
  const stuck = sagas.known ? sagas.value.filter(({ status }) => status === 'compensation-failed') : []
  const dead = messaging.known ? messaging.value.deadLetters.length : 0
  const level = 'warning'
  return [
    ...(stuck.length === 0
      ? []
      : [
          {
            level,
            place: 'sagas',
            more: { tab: 'sagas', saga: stuck[0]?.id ?? null },
            text: `${formatNoun(stuck.length, 'saga')} could not be undone`,
          } as const,
        ]),
    ...(dead === 0
      ? []
      : [
          {
            level,
            place: 'messages',
            more: { tab: 'messages' },
            text: `${formatNoun(dead, 'event')} failed for good`,
          } as const,
        ]),
  ]
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
