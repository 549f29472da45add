import type { WindowSnapshot } from './window-snapshot.js'

/** The recent calls of a closed circuit, as running totals. Every operation takes constant time and memory. */
export interface CallWindow {
  readonly calls: number
  readonly failures: number
  readonly slow: number
  /** Counts one settled call; `failed` and `slow` are 0 or 1. */
  record(now: number, failed: number, slow: number): void
  /** Forgets what has become too old by `now`. */
  expire(now: number): void
  clear(): void
  snapshot(now: number): WindowSnapshot
  /** Takes over the calls of a snapshot made `elapsedMs` ago; one of another kind says nothing and is skipped. */
  load(snapshot: WindowSnapshot, now: number, elapsedMs: number): void
}
