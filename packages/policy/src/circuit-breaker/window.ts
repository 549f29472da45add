import type { CallWindow } from './call-window.js'
import { CountWindow } from './count-window.js'
import { TimeWindow } from './time-window.js'

/** Which calls a closed circuit judges. */
export interface WindowShape {
  readonly kind: 'count' | 'time'
  /** Calls, or milliseconds. */
  readonly size: number
}

export function createWindow(shape: WindowShape): CallWindow {
  return shape.kind === 'count' ? new CountWindow(shape.size) : new TimeWindow(shape.size)
}

/** The window for another shape, with the calls that it has room for; the same one when the shape is. */
export function reshaped(window: CallWindow, from: WindowShape, to: WindowShape, now: number): CallWindow {
  if (to.kind === from.kind && to.size === from.size) return window
  const next = createWindow(to)
  next.load(window.snapshot(now), now, 0)
  return next
}
