import { expect, test } from 'vitest'
import { exampleSagas, parkedSaga } from './example-sagas.js'
import { exploreCrashes } from './explore-crashes.js'

const mishaps = { crashes: 1, lostAnswers: 1, cancellations: 1 }

test.each(exampleSagas.map((definition) => [definition.name, definition] as const))(
  '%s: wherever the process dies, and whichever answer is lost, all is done, or all undone, each effect once',
  (_, definition) => {
    const { nodes, parked, wrong } = exploreCrashes(definition, mishaps)
    expect(nodes).toBeGreaterThan(300)
    expect({ parked, wrong: wrong.slice(0, 5) }).toEqual({ parked: 0, wrong: [] })
  },
)

test('a saga whose compensation fails is parked, and taken up by hand all is undone', () => {
  const { parked, wrong } = exploreCrashes(parkedSaga, mishaps)
  expect(parked).toBeGreaterThan(0)
  expect(wrong.slice(0, 5)).toEqual([])
})
