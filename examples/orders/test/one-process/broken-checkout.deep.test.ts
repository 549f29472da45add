import { expect, test } from 'vitest'
import { breaks, checkouts, findingsOf, nameOf } from './breaks.js'

test('two calls broken in one checkout, every pair: the books balance', async () => {
  const wrong: string[] = []
  for (const [index, first] of breaks.entries()) {
    for (const second of breaks.slice(index)) {
      const broken = [first, second]
      const findings = await findingsOf(broken, checkouts[0] as (typeof checkouts)[number])
      wrong.push(...findings.map((finding) => `${nameOf(broken)}: ${finding}`))
    }
  }
  expect(wrong).toEqual([])
}, 1_800_000)
