import { afterEach, expect, test } from 'vitest'
import { retry } from '../retry/retry-options.js'
import { constant } from '../retry/backoff.js'
import { pipeline } from '../promise/pipeline.js'
import { virtualClock } from '../testing/virtual-clock.js'
import { TimeoutError } from './errors.js'
import { timeoutUntil } from './timeout-until.js'

const clock = virtualClock()
let restore: (() => void) | undefined
afterEach(() => restore?.())

const hangs = (): Promise<never> => new Promise(() => {})

test('the nearer of limit and deadline holds, and the operation is told which', async () => {
  restore = clock.install()
  let until = clock.now() + 200
  const call = timeoutUntil({ ms: 1_000, until: () => until })
  const seen: number[] = []
  const nearer = call.outcome(({ deadline }) => {
    seen.push(deadline - clock.now())
    return hangs()
  })
  await clock.advance(200)
  const outcome = await nearer
  expect(outcome).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT', timeoutMs: 200 } })
  until = clock.now() + 5_000
  const limited = call.outcome(({ deadline }) => {
    seen.push(deadline - clock.now())
    return hangs()
  })
  await clock.advance(1_000)
  expect(await limited).toMatchObject({ ok: false, error: { timeoutMs: 1_000 } })
  expect(seen).toEqual([200, 1_000])
  expect(clock.pending).toBe(0)
})

test('a call whose deadline has passed is not started', async () => {
  restore = clock.install()
  const call = timeoutUntil({ until: () => clock.now() })
  let ran = false
  await expect(
    call.execute(() => {
      ran = true
    }),
  ).rejects.toBeInstanceOf(TimeoutError)
  expect(ran).toBe(false)
})

test('without a deadline there is none, and no timer either', async () => {
  restore = clock.install()
  const call = timeoutUntil({ until: () => Infinity })
  const deadlines: number[] = []
  await call.execute(({ deadline }) => {
    deadlines.push(deadline)
  })
  expect(deadlines).toEqual([Infinity])
  expect(clock.pending).toBe(0)
})

test('a retry does not wait past a deadline from elsewhere', async () => {
  restore = clock.install()
  const until = clock.now() + 50
  const call = pipeline(timeoutUntil({ until: () => until }), retry({ backoff: constant({ ms: 100 }) }))
  await expect(
    call.execute(() => {
      throw new Error('reset')
    }),
  ).rejects.toThrow('reset')
})

test('a deadline may be one that the options of a call hold', async () => {
  restore = clock.install()
  const call = timeoutUntil({ ms: 1_000, until: ({ key }) => clock.now() + Number(key) })
  const limited = call.outcome(hangs, { key: '200' })
  await clock.advance(200)
  expect(await limited).toMatchObject({ ok: false, error: { timeoutMs: 200 } })
})
