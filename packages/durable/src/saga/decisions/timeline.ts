/** What happened, as an operator reads it. */
export interface TimelineEntry {
  /** Milliseconds since the Unix epoch, by the database's clock. */
  readonly at: number
  readonly what: TimelineEvent
  readonly step?: string
  /** A code, a message of an error, or why nothing came of it. */
  readonly detail?: string
}

export type TimelineEvent =
  | 'started'
  | 'step started'
  | 'step done'
  | 'step refused'
  | 'step unknown'
  | 'step asked again'
  | 'step given up'
  | 'signal'
  | 'signal refused'
  | 'turned back'
  | 'compensation started'
  | 'compensation done'
  | 'compensation not done'
  | 'compensation tried again'
  | 'compensation failed'
  | 'retried by hand'
  | 'resumed by hand'
  | 'moved to another version'
  | 'done'
  | 'compensated'

const entriesMax = 200
/** Of these, the first so many are never left out: how it began is what one looks for. */
const entriesKept = 60
const detailLettersMax = 500

/** The timeline with one entry more, and how many were left out of its middle. */
export function withEntry(
  timeline: readonly TimelineEntry[],
  entry: TimelineEntry,
): { timeline: readonly TimelineEntry[]; omitted: number } {
  const bounded =
    entry.detail === undefined ? entry : { ...entry, detail: entry.detail.slice(0, detailLettersMax) }
  if (timeline.length < entriesMax) return { timeline: [...timeline, bounded], omitted: 0 }
  return { timeline: [...timeline.toSpliced(entriesKept, 1), bounded], omitted: 1 }
}
