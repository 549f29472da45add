import type { CallWindow } from './call-window.js'
import { ConsecutiveWindow } from './consecutive-window.js'
import { CountWindow } from './count-window.js'
import { TimeWindow } from './time-window.js'

/** Which calls a closed circuit judges. */
export type WindowShape =
  | { readonly kind: 'count'; readonly size: number }
  | { readonly kind: 'time'; readonly size: number }
  | { readonly kind: 'consecutive'; readonly size: number }

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
