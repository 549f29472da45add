import { expect, it } from 'vitest'
import { circuitBreaker, constant, fallback, pipeline, retry } from '../../src/index.js'
import { held, never, useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()
const options = { consecutiveFailures: 1, openForMs: 1_000, halfOpenCalls: 1, halfOpenMaxMs: 500 }

it('a stale failure does not reopen a probing circuit, nor does a stale success close it', async () => {
  const call = circuitBreaker(options)
  const [failing, succeeding, probe] = [held(), held(), held()]
  const stale = [call.outcome(() => failing.promise), call.outcome(() => succeeding.promise)]
  await call.outcome(() => Promise.reject(new Error('down')))
  await time.clock.advance(1_000)
  const trial = call.execute(() => probe.promise)
  failing.reject(new Error('late'))
  succeeding.resolve()
  await Promise.all(stale)
  expect(call.state).toBe('half-open')
  probe.resolve()
  await trial
  expect(call.state).toBe('closed')
})

it('half-open admits its permits and no more, and a hung probe does not hold it', async () => {
  const call = circuitBreaker(options)
  await call.outcome(() => Promise.reject(new Error('down')))
  await time.clock.advance(1_000)
  void call.outcome(() => never)
  const others = await Promise.all(Array.from({ length: 100 }, () => call.outcome(() => 'no')))
  expect(others.every((one) => !one.ok && one.reason === 'refusal')).toBe(true)
  await time.clock.advance(1_500)
  expect(await call.execute(() => 'back')).toBe('back')
})

it('a fallback whose answer a retry further out refuses leaves no mark on the result of the next try', async () => {
  const policy = pipeline(
    retry({ attempts: 2, backoff: constant({ ms: 0 }), whenResult: (value) => value === 'instead' }),
    fallback({ value: 'instead' }),
  )
  const outcome = await policy.outcome(async ({ attempt }) => {
    if (attempt === 1) throw new Error('down')
    return 'own'
  })
  expect(outcome).toEqual({ ok: true, value: 'own', fallback: false })
})
