import { expect, it } from 'vitest'
import { circuitBreaker } from '../../src/index.js'
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
