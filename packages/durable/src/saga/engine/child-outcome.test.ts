import { expect, test } from 'vitest'
import type { SagaState } from '../decisions/saga-state.js'
import { childOutcome } from './child-outcome.js'

const running: SagaState = {
  status: 'running',
  stage: 0,
  input: null,
  steps: {},
  signals: {},
  timeline: [],
  omitted: 0,
}

test.for(['run', 'compensate'] as const)(
  'a parent that waits for its child (%s) asks it more and more seldom: after two seconds at first, after a minute at the most',
  (direction) => {
    const delays = [1, 2, 3, 4, 9, 10, 1_000].map((attempt) => {
      const outcome = childOutcome(running, direction, attempt)
      return outcome.type === 'pending' ? outcome.delayMs : outcome.type
    })
    expect(delays).toEqual([2_000, 3_000, 4_500, 6_750, 51_257.812_5, 60_000, 60_000])
  },
)
