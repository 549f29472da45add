import { expect, test } from 'vitest'
import { exampleSagas, parkedSaga } from './example-sagas.js'
import { exploreCrashes } from './explore-crashes.js'

/** As much as ends within a quarter of a minute: of steps side by side and of children there are far more ways. */
const fewer: Readonly<Record<string, readonly [crashes: number, lostAnswers: number]>> = {
  'with-points': [2, 2],
  'book-trip': [2, 2],
  'with-child': [1, 2],
}
// A child that cannot be undone has far more ways, which `npm test` walks with one of each.
const walked = exampleSagas.filter(({ name }) => name !== 'with-final-child')
const all = [...walked, parkedSaga].map((definition) => {
  const [crashes, lostAnswers] = fewer[definition.name] ?? [3, 4]
  return [definition.name, crashes, lostAnswers, definition] as const
})

test.each(all)(
  '%s: wherever the process dies, %d times, and whichever %d answers are lost',
  (name, crashes, lostAnswers, definition) => {
    const { nodes, parked, wrong } = exploreCrashes(definition, { crashes, lostAnswers, cancellations: 1 })
    expect(nodes).toBeGreaterThan(5_000)
    expect(wrong.slice(0, 5)).toEqual([])
    expect(parked > 0).toBe(name === parkedSaga.name)
  },
)
