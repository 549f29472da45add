const SHORTEST_MS = 25
const LONGEST_MS = 250
/** Ready is noticed so much later, as a share of how long it took. */
const LATE_BY = 0.1

/**
 * How long to wait before a program that is not ready is asked again, by how long ago it was started. Where many start at
 * once on a busy machine each of them takes long, and to ask all of them all the time would take it longer still.
 */
export function askAgainAfter(upForMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, upForMs * LATE_BY))
}
