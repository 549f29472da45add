import { afterEach, beforeEach, expect, it } from 'vitest'
import { virtualClock, type VirtualClock } from '../testing/index.js'
import { fallback } from './fallback.js'

let clock: VirtualClock
beforeEach(() => {
  clock = virtualClock()
  clock.install()
})
afterEach(() => {
  clock[Symbol.dispose]()
})

const fail = (): Promise<never> => Promise.reject(new Error('down'))

it('answers with the last good result of the key, no older than allowed', async () => {
  const call = fallback({ lastGood: { maxAgeMs: 100, max: 1 } })
  await call.execute(() => 'good', { key: 'a' })
  await clock.advance(99)
  expect(await call.outcome(fail, { key: 'a' })).toEqual({ ok: true, value: 'good', fallback: true })
  expect(await call.outcome(fail, { key: 'b' })).toMatchObject({ ok: false, error: { message: 'down' } })
  expect(await call.outcome(fail)).toMatchObject({ ok: false })
  await clock.advance(1)
  expect(await call.outcome(fail, { key: 'a' })).toMatchObject({ ok: false })
})

it('falls back to the value where there is no last good result', async () => {
  const call = fallback({ value: () => 'value', lastGood: { maxAgeMs: 100, max: 1 } })
  for (const key of ['a', 'b']) await call.execute(() => key, { key })
  const answers = ['a', 'b'].map((key) => call.execute(fail, { key }))
  expect(await Promise.all(answers)).toEqual(['value', 'b'])
})

it('keeps the request for later before it answers, and fails when it cannot', async () => {
  const kept: unknown[] = []
  const call = fallback({
    value: 'queued',
    enqueue: async (error, { key }) => {
      if (key === undefined) throw new Error('no place')
      kept.push([(error as Error).message, key])
    },
  })
  expect(await call.execute(fail, { key: 'a' })).toBe('queued')
  expect(kept).toEqual([['down', 'a']])
  const outcome = await call.outcome(fail)
  expect(outcome).toMatchObject({ ok: false, error: { message: 'no place', cause: { message: 'down' } } })
})

it('refuses a fallback with no answer at all', () => {
  expect(() => fallback({} as { value: string })).toThrow(
    'cannot create fallback: value or lastGood must be given, got neither',
  )
})
