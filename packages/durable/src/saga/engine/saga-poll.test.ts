import { virtualClock } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { DatabaseTime } from './database-time.js'
import { SagaPoll } from './saga-poll.js'

test('what is hinted at while a look is under way is looked for as soon as that has ended, not a whole pause later', async () => {
  const clock = virtualClock()
  let looks = 0
  let endLook = (): void => {}
  const poll = new SagaPoll({
    clock,
    time: new DatabaseTime(clock),
    everyMs: 250,
    look: () => {
      looks += 1
      return new Promise((resolve) => {
        endLook = () => resolve(false)
      })
    },
  })
  poll.within(0)
  await clock.advance(1)
  poll.within(0)
  await clock.advance(1)
  expect(looks).toBe(1)
  endLook()
  await clock.advance(1)
  expect(looks).toBe(2)
  endLook()
  await clock.advance(200)
  expect(looks).toBe(2)
  await clock.advance(100)
  expect(looks).toBe(3)
  endLook()
  await poll.close()
})
