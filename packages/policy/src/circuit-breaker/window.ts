import { ConsecutiveWindow, type ConsecutiveSnapshot } from './consecutive-window.js'
import { CountWindow, type CountSnapshot } from './count-window.js'
import { TimeWindow, type TimeSnapshot } from './time-window.js'

export type WindowSnapshot = CountSnapshot | TimeSnapshot | ConsecutiveSnapshot

/** Which calls a closed circuit judges. */
export type WindowShape =
  | { readonly kind: 'count'; readonly size: number }
  | { readonly kind: 'time'; readonly size: number }
  | { readonly kind: 'consecutive'; readonly size: number }

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

export function createWindow(shape: WindowShape): CallWindow {
  if (shape.kind === 'count') return new CountWindow(shape.size)
  if (shape.kind === 'time') return new TimeWindow(shape.size)
  return new ConsecutiveWindow()
}

/** The window for another shape, with the calls that it has room for; the same one when the shape is. */
export function reshaped(window: CallWindow, from: WindowShape, to: WindowShape, now: number): CallWindow {
  if (to.kind === from.kind && to.size === from.size) return window
  const next = createWindow(to)
  next.load(window.snapshot(now), now, 0)
  return next
}
