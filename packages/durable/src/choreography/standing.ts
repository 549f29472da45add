import type { Choreography } from './choreography.js'

/** Something that has happened in a choreography. */
export interface Occurrence {
  /** `started`, `reserve.done`, `turned-back`, `reserve.undone`. */
  readonly type: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** Of `turned-back`: which step has said no, and in which word. */
  readonly step?: string
  readonly code?: string
}

export type ChoreographyStatus = 'running' | 'done' | 'compensating' | 'compensated'

export interface Standing {
  readonly status: ChoreographyStatus
  /** The steps that are to happen next, or to be undone. */
  readonly waitsFor: readonly string[]
}

/**
 * How a choreography stands, by what has happened in it. It asks what has happened and never in which order it was heard of:
 * the two topics that tell it are read beside one another.
 */
export function standingOf(
  { steps }: Pick<Choreography, 'steps'>,
  timeline: readonly Occurrence[],
): Standing {
  const happened = new Set(timeline.map(({ type }) => type))
  const all = [...steps.values()]
  if (happened.has('turned-back')) {
    const left = all.filter(({ name, compensates }) => compensates && !happened.has(`${name}.undone`))
    const waitsFor = left.map(({ name }) => name)
    return { status: left.length === 0 ? 'compensated' : 'compensating', waitsFor }
  }
  const left = all.filter(({ name }) => !happened.has(`${name}.done`))
  const due = left.filter(({ after }) => after === undefined || happened.has(`${after}.done`))
  return { status: left.length === 0 ? 'done' : 'running', waitsFor: due.map(({ name }) => name) }
}

/** A timeline with one more occurrence, in the order in which they happened; the same one twice counts once. */
export function withOccurrence(timeline: readonly Occurrence[], next: Occurrence): Occurrence[] {
  const isKnown = timeline.some(({ type, step }) => type === next.type && step === next.step)
  const all = isKnown ? [...timeline] : [...timeline, next]
  return all.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
}
