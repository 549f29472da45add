import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { ServerResource } from '../recording/recorders.js'

/** How much a process has to bear; a resource that was not measured is `NaN`. */
type Load = Readonly<Record<ServerResource, number>>

/** How often the event loop is asked to turn, in milliseconds: a turn is late by what it takes longer. */
const RESOLUTION_MS = 10

/**
 * Measures this process from now on; each reading tells of the time since the one before. What has no limit is not
 * measured. The monitor of the event loop keeps no process alive.
 */
export function measureProcessLoad(limits: Load): () => Load {
  const unmeasured = (): number => Number.NaN
  const reader = (limit: number, start: () => () => number): (() => number) =>
    limit === Infinity ? unmeasured : start()
  const eventLoopDelayMs = reader(limits.eventLoopDelayMs, watchDelay)
  const eventLoopUtilization = reader(limits.eventLoopUtilization, watchUtilization)
  const heapUsed = reader(limits.heapUsed, () => readHeap)
  const rssBytes = reader(limits.rssBytes, () => () => process.memoryUsage.rss())
  return () => ({
    eventLoopDelayMs: eventLoopDelayMs(),
    eventLoopUtilization: eventLoopUtilization(),
    heapUsed: heapUsed(),
    rssBytes: rssBytes(),
  })
}

/**
 * How long a request that comes at any moment waits for the loop to turn, on average: turns weigh by their length, since a
 * long one keeps more requests waiting than a short one (half of their mean square by their mean, as for a bus that comes
 * irregularly). A turn that has not ended counts as far as it has gone.
 *
 * The monitor is never reset, for then it forgets the turn that is under way, which is the one that matters.
 */
function watchDelay(): () => number {
  const turns = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  turns.enable()
  let before = { count: 0, sum: 0, squares: 0 }
  let turnedAt = performance.now()
  return () => {
    const now = performance.now()
    const { count, mean, stddev } = turns
    if (count === before.count) return waitMs(now - turnedAt)
    turnedAt = now
    const after = { count, sum: count * mean, squares: count * (stddev ** 2 + mean ** 2) }
    const turnMs = (after.squares - before.squares) / (after.sum - before.sum) / 1e6
    before = after
    return waitMs(turnMs)
  }
}

const waitMs = (turnMs: number): number => Math.max(0, turnMs - RESOLUTION_MS) / 2

function watchUtilization(): () => number {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}

function readHeap(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  return used / limit
}
