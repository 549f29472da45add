import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { pipeline, retry, timeout } from '../../src/index.js'
import { held, useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()
const call = pipeline(timeout({ ms: 1_000 }), retry())

it('any number of calls at once put one listener on the signal that they share, and none when they are over', async () => {
  const { signal } = new AbortController()
  const answer = held<string>()
  const calls = Array.from({ length: 60 }, () => call.execute(() => answer.promise, { signal }))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  answer.resolve('done')
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['done']))
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(await call.execute(async () => 'again', { signal })).toBe('again')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('an abort ends each of them, and those that one of them takes along only once', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const outcomes = Array.from({ length: 20 }, () => call.outcome(() => new Promise(() => {}), { signal }))
  controller.abort('enough')
  await time.clock.advance(0)
  for (const outcome of await Promise.all(outcomes)) {
    expect(outcome).toEqual({ ok: false, reason: 'abort', error: 'enough' })
  }
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
