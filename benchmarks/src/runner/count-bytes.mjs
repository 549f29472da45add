import { setImmediate as nextTurn } from 'node:timers/promises'
import { GCProfiler, getHeapStatistics } from 'node:v8'
import { median } from './arithmetic.mjs'

const callsAtMost = 4_000
const callsAtLeast = 125
const repeats = 7

/**
 * Bytes per call of one loop, or undefined when the collector ran meanwhile: a scavenge frees what was counted, and
 * the difference of two readings of the heap would then say little.
 */
async function countOnce(loop, calls) {
  await nextTurn()
  globalThis.gc({ type: 'minor' })
  const profiler = new GCProfiler()
  profiler.start()
  const before = getHeapStatistics().used_heap_size
  await loop(calls)
  const after = getHeapStatistics().used_heap_size
  const collections = profiler.stop().statistics.length
  return collections === 0 ? (after - before) / calls : undefined
}

/**
 * Bytes that one call allocates on the JavaScript heap, the harness's `await` included: the median of several
 * loops in which no collection happened. Needs `--expose-gc` and a new space that holds a whole loop.
 * @param {(calls: number) => Promise<void>} loop warm already
 * @throws {Error} when the collector runs however short the loop is
 */
export async function countBytes(loop) {
  for (let calls = callsAtMost; calls >= callsAtLeast; calls /= 2) {
    const counted = []
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const bytes = await countOnce(loop, calls)
      if (bytes !== undefined) counted.push(bytes)
    }
    if (counted.length > repeats / 2) return median(counted)
  }
  throw new Error(`cannot count bytes: the collector ran during loops of only ${callsAtLeast} calls`)
}

const settled = Promise.resolve(42)

/** What `await` itself allocates per call: the same kind of loop, over a promise that is settled already. */
export async function awaitLoop(calls) {
  for (let call = 0; call < calls; call += 1) await settled
}
