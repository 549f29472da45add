import type { Snapshot } from '../../model/snapshot.js'
import type { SystemEvent } from '../../model/system-event.js'

export interface AxisMark extends SystemEvent {
  /** Its place on the axis, 0..1. */
  readonly share: number
}

const STRETCH_MIN_MS = 120_000

/** What the axis shows: all that can be replayed, but never less than two minutes, so that a young system is not stretched. */
export function axisStretch(history: Snapshot['history'] | null, now: number): readonly [number, number] {
  const to = Math.max(history?.to ?? now, now)
  return [Math.min(history?.from ?? to, to - STRETCH_MIN_MS), to]
}

export function placeOn([from, to]: readonly [number, number], at: number): number {
  return to === from ? 1 : Math.min(1, Math.max(0, (at - from) / (to - from)))
}

/** The events within a stretch of time. What a source says of itself is not of the system, and stays in the list. */
export function axisMarks(events: readonly SystemEvent[], stretch: readonly [number, number]): AxisMark[] {
  const [from, to] = stretch
  return events
    .filter(({ at, kind }) => at >= from && at <= to && kind !== 'source')
    .map((event) => ({ ...event, share: placeOn(stretch, event.at) }))
}
