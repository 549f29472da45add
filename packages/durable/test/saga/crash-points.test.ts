import { expect, test } from 'vitest'
import { exploreCrashes } from './explore-crashes.js'
import { exampleSagas } from './example-sagas.js'

test.each(exampleSagas.map((definition) => [definition.name, definition.plan] as const))(
  '%s: wherever the process dies, and whichever answer is lost, all is done, or all undone, or it is parked',
  (_, plan) => {
    const { nodes, wrong } = exploreCrashes(plan, { crashes: 1, lostAnswers: 1, cancellations: 1 })
    expect(nodes).toBeGreaterThan(300)
    expect(wrong.slice(0, 5)).toEqual([])
  },
)
