import { expect, it } from 'vitest'
import { OptionError, pipeline, retry, timeout, timeoutUntil } from '../../src/index.js'
import { useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()

it.each([NaN, undefined, Infinity, -1, -5])(
  'a backoff of the caller that gives %s ends the call at once, with what had failed as the cause',
  async (delay) => {
    const refused = new Error('connection refused')
    const backoff = { delayMs: () => delay as number }
    const call = pipeline(timeout({ ms: 60_000 }), retry({ attempts: 3, backoff }))
    const outcome = call.outcome(() => Promise.reject(refused))
    await time.clock.advance(0)
    const { error } = (await outcome) as { error: OptionError }
    expect(error).toBeInstanceOf(OptionError)
    expect(error.message).toBe(`cannot retry: backoff.delayMs() must be a finite number >= 0, got ${delay}`)
    expect(error.cause).toBe(refused)
    expect(time.clock.now()).toBe(0)
  },
)

it.each([NaN, undefined, 'soon', null])(
  'a deadline of the caller that is %s is an error, not a time-out',
  async (until) => {
    const call = timeoutUntil({ until: () => until as number })
    await expect(call.execute(() => 'done')).rejects.toThrow(
      'cannot limit a call: until() must be a number, got',
    )
  },
)
