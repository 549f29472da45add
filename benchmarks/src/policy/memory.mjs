// Claims: an idle circuit breaker keeps less than 1 KiB and no timer, so that one for each of 100,000 tenants is fine.
import { createHook } from 'node:async_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { circuitBreaker as cockatielBreaker, CountBreaker, handleAll } from 'cockatiel'
import OpossumBreaker from 'opossum'
import { circuitBreaker, registry } from '../../../packages/policy/dist/index.js'

const countWindow = { window: { calls: 100 }, failureRate: 0.5, openForMs: 30_000, halfOpenCalls: 5 }
const timeWindow = { ...countWindow, window: { durationMs: 10_000 } }
const operation = async () => 42

/** Every 100th failed, and the window is full: a breaker that has been at work and now rests. */
async function fillWindow(breaker) {
  for (let call = 0; call < 100; call += 1) {
    await breaker.execute(call === 50 ? failing : operation).catch(() => {})
  }
}

async function failing() {
  throw failure
}
const failure = new Error('down')

async function usedBytes() {
  // Twice, with a turn between: what a finaliser or a settled promise lets go in the first is gone after the second.
  globalThis.gc()
  await nextTurn()
  globalThis.gc()
  // The bytes of larger typed arrays lie outside the heap, and a window of calls may be one.
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** How many timers were started while `action` ran; those that do not keep the process alive count too. */
async function countTimers(action) {
  let timers = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'Timeout') timers += 1
    },
  })
  hook.enable()
  await action()
  hook.disable()
  return timers
}

/**
 * @param {string} name
 * @param {number} count
 * @param {(index: number) => unknown} make what is kept for each
 */
async function measure(name, count, make) {
  await make(-1)
  const kept = Array.from({ length: count }, () => undefined)
  const before = await usedBytes()
  const timers = await countTimers(async () => {
    for (let index = 0; index < count; index += 1) kept[index] = await make(index)
  })
  const bytes = (await usedBytes()) - before
  return { row: { case: name, count, bytesPerBreaker: Math.round(bytes / count), timers }, kept }
}

/** @param {string} name @param {object} options */
async function measureOurs(name, options) {
  const { row } = await measure(name, 10_000, async () => {
    const breaker = circuitBreaker(options)
    await fillWindow(breaker)
    return breaker
  })
  return row
}

/** Held by key, as one for each tenant would be; the key and the registry's own bookkeeping count. */
async function measureRegistry() {
  const tenants = 100_000
  const breakers = registry({ create: () => circuitBreaker(countWindow), max: tenants + 1 })
  const { row } = await measure('watertight registry of breakers', tenants, async (index) => {
    await breakers.get(`tenant-${index}`).execute(operation)
  })
  return { ...row, count: Math.min(breakers.size, tenants) }
}

async function measureCockatiel() {
  const { row } = await measure('cockatiel breaker', 10_000, async () => {
    const breaker = new CountBreaker({ threshold: 0.5, size: 100 })
    const policy = cockatielBreaker(handleAll, { halfOpenAfter: 30_000, breaker })
    await fillWindow(policy)
    return policy
  })
  return row
}

async function measureOpossum() {
  const { row, kept } = await measure(
    'opossum breaker',
    500,
    () => new OpossumBreaker(operation, { timeout: 1_000 }),
  )
  for (const breaker of kept) breaker.shutdown()
  return row
}

/**
 * Idle breakers, ours and theirs, each with a full window (opossum's without calls: its figure is a lower bound).
 * @returns {Promise<{ case: string, count: number, bytesPerBreaker: number, timers: number }[]>}
 */
export async function measureMemory() {
  return [
    await measureOurs('watertight breaker, last 100 calls', countWindow),
    await measureOurs('watertight breaker, last 10 s', timeWindow),
    await measureRegistry(),
    await measureCockatiel(),
    await measureOpossum(),
  ]
}
