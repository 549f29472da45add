import type { Timer } from '../clock/clock.js'

/** A timer that stands in a heap until it fires or is cancelled. */
export class HeapTimer implements Timer {
  readonly dueAt: number
  readonly callback: () => void
  /** Goes up from timer to timer: those of one time fire in the order in which they were set. */
  readonly order: number
  /** In the heap; -1 outside of it. */
  position: number = -1
  private readonly heap: TimerHeap

  constructor(heap: TimerHeap, dueAt: number, callback: () => void, order: number) {
    this.heap = heap
    this.dueAt = dueAt
    this.callback = callback
    this.order = order
  }

  cancel(): void {
    if (this.position >= 0) this.heap.remove(this)
  }
}

/**
 * Timers by the time at which they are due: a binary heap (Williams 1964), in which each timer knows its position, so
 * that adding, taking the first and cancelling are all O(log n).
 */
export class TimerHeap {
  private readonly timers: HeapTimer[] = []
  private set: number = 0

  get size(): number {
    return this.timers.length
  }

  get first(): HeapTimer | undefined {
    return this.timers[0]
  }

  add(dueAt: number, callback: () => void): HeapTimer {
    const timer = new HeapTimer(this, dueAt, callback, this.set)
    this.set += 1
    this.timers.push(timer)
    this.rise(timer, this.timers.length - 1)
    return timer
  }

  remove(timer: HeapTimer): void {
    const { position } = timer
    const last = this.timers.pop()!
    timer.position = -1
    if (last === timer) return
    this.rise(last, position)
    this.sink(last, last.position)
  }

  /** Moves a timer from this position up to where it belongs. */
  private rise(timer: HeapTimer, from: number): void {
    const { timers } = this
    let position = from
    while (position > 0) {
      const above = (position - 1) >> 1
      const parent = timers[above]!
      if (!isBefore(timer, parent)) break
      timers[position] = parent
      parent.position = position
      position = above
    }
    timers[position] = timer
    timer.position = position
  }

  /** The same, down. */
  private sink(timer: HeapTimer, from: number): void {
    const { timers } = this
    const { length } = timers
    let position = from
    for (;;) {
      let below = 2 * position + 1
      if (below >= length) break
      if (below + 1 < length && isBefore(timers[below + 1]!, timers[below]!)) below += 1
      const child = timers[below]!
      if (!isBefore(child, timer)) break
      timers[position] = child
      child.position = position
      position = below
    }
    timers[position] = timer
    timer.position = position
  }
}

function isBefore(one: HeapTimer, other: HeapTimer): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order)
}
