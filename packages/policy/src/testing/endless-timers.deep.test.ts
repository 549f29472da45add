import { expect, it } from 'vitest'
import { virtualClock } from './virtual-clock.js'

it('ends when timers are set for ever', async () => {
  const clock = virtualClock()
  const again = (): void => {
    clock.setTimer(0, again)
  }
  again()
  await expect(clock.runAll()).rejects.toThrow('at most 100000 timers')
})
