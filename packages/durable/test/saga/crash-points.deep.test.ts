import { expect, test } from 'vitest'
import { exploreCrashes } from './explore-crashes.js'
import { exampleSagas } from './example-sagas.js'

test.each(exampleSagas.map((definition) => [definition.name, definition.plan] as const))(
  '%s: wherever the process dies, three times, and whichever four answers are lost',
  (_, plan) => {
    const { nodes, wrong } = exploreCrashes(plan, { crashes: 3, lostAnswers: 4, cancellations: 1 })
    expect(nodes).toBeGreaterThan(5_000)
    expect(wrong.slice(0, 5)).toEqual([])
  },
)
