import { createHash } from 'node:crypto'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** What is known of a drill by whoever decides when it runs. Times are milliseconds since 1970. */
export interface DrillTimes {
  readonly name: string
  readonly everyMs: number
  /** When the schedule first saw it in the document. */
  readonly seenAt: number
  /** When it last ran, by hand or by schedule. */
  readonly ranAt: number | undefined
  /** When it was last refused. */
  readonly refusedAt: number | undefined
}

/**
 * When a drill is due: `every` after it last ran, or after the schedule first saw it, and up to a tenth of that later, at most an hour,
 * so that drills that were written down together do not come together. How much later follows from the drill's name and from when
 * it last ran: a restart changes nothing. One that was refused is tried again after a tenth of `every`, within a minute to an hour.
 */
export function nextDue({ name, everyMs, seenAt, ranAt, refusedAt }: DrillTimes): number {
  const base = ranAt ?? seenAt
  const due = Math.round(base + everyMs + shareOf(`${name} ${base}`) * Math.min(everyMs / 10, HOUR_MS))
  if (refusedAt === undefined || refusedAt < base) return due
  return Math.max(due, refusedAt + Math.min(everyMs, between(MINUTE_MS, everyMs / 10, HOUR_MS)))
}

/** From 0 to 1, always the same for the same text. */
function shareOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}

function between(min: number, value: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
