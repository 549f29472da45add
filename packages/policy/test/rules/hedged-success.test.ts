import { expect, it } from 'vitest'
import { constant, hedge, pipeline, retry } from '../../src/index.js'
import { useVirtualTime } from './virtual-time.js'

const time = useVirtualTime()

it('a hedged success that its own caller overruled in the middle is discarded', async () => {
  const call = pipeline(retry({ backoff: constant({ ms: 10 }) }), hedge({ delayMs: 0, extra: 1 }))
  const caller = new AbortController()
  const reason = new Error('enough')
  const body = { cancelled: 0, cancel: () => void (body.cancelled += 1), getReader: () => {} }
  const outcome = call.outcome(
    ({ attempt }) => {
      if (attempt === 1) throw new Error('first')
      caller.abort(reason)
      return { body }
    },
    { signal: caller.signal },
  )
  await time.clock.advance(10)
  expect(await outcome).toEqual({ ok: false, error: reason, reason: 'abort' })
  expect(body.cancelled).toBeGreaterThan(0)
})
