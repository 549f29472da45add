import type { Position } from './position.js'

/** A statement that writes events. */
export interface Insertion {
  readonly text: string
  readonly values: unknown[]
  /** What it answers: where each event stands, in the order that they were given in. */
  readonly placesOf: (rows: unknown[]) => Position[]
}
