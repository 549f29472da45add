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
