import { expect, test } from 'vitest'
import { formatBudget } from './format-budget.js'

test('a budget that is used up is not said to have less than nothing left', () => {
  const said = [0.98, 0, -0.5, -3.03, null].map(formatBudget)
  expect(said).toEqual(['98% left', '0% left', '50% over', '303% over', 'not known yet'])
})
