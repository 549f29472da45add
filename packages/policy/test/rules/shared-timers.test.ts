import { expect, it } from 'vitest'
import { constant, pipeline, retry, timeout } from '../../src/index.js'
import { never, useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()

it('a try that begins when another ran out of time does not lengthen the limit of a third', async () => {
  const call = pipeline(retry({ attempts: 2, backoff: constant({ ms: 0 }) }), timeout({ ms: 100 }))
  const first = call.outcome(() => never)
  await time.clock.advance(90)
  const other = timeout({ ms: 100 })
  let otherEndedAt = 0
  void other
    .outcome(() => never)
    .then(() => {
      otherEndedAt = time.clock.now()
    })
  await time.clock.advance(1_000)
  expect(await first).toMatchObject({ ok: false, error: { code: 'WT_TIMEOUT' } })
  expect(otherEndedAt).toBe(190)
})

it('a call that tries again is limited from its beginning, however many have begun since', async () => {
  const call = pipeline(
    timeout({ ms: 300 }),
    retry({ attempts: 9, backoff: constant({ ms: 0 }) }),
    timeout({ ms: 100 }),
  )
  const ends: [string, number][] = []
  const ended = (who: string): void => void ends.push([who, time.clock.now()])
  let tries = 0
  const first = call.outcome(() => {
    tries += 1
    return never
  })
  void first.then(() => ended('first'))
  await time.clock.advance(50)
  const alone = timeout({ ms: 300 })
  void alone.outcome(() => never).then(() => ended('alone'))
  await time.clock.advance(1_000)
  expect(await first).toMatchObject({ ok: false, error: { timeoutMs: 300 } })
  expect(tries).toBe(3)
  expect(ends).toEqual([
    ['first', 300],
    ['alone', 350],
  ])
})

it('a call that comes back by itself leaves no time limit behind', async () => {
  const call = pipeline(timeout({ ms: 300 }), retry({ attempts: 2 }), timeout({ ms: 100 }))
  expect(await call.execute(() => Promise.resolve('done'))).toBe('done')
  await time.clock.advance(300)
  expect(time.clock.pending).toBe(0)
})
