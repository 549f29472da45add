import { seededRandom } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { breaks, checkouts, findingsOf, nameOf } from './breaks.js'

const PAIRS = 400

test.each(checkouts)(
  'each call broken once, in every way, for %j: the books balance',
  async (...checkout) => {
    const wrong: string[] = []
    for (const broken of breaks) {
      const findings = await findingsOf([broken], checkout)
      wrong.push(...findings.map((finding) => `${nameOf([broken])}: ${finding}`))
    }
    expect(wrong).toEqual([])
  },
  60_000,
)

test('two calls broken in one checkout, a sample: the books balance', async () => {
  const seed = Number(process.env['ORDERS_SEED'] ?? Date.now() % 1_000_000)
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const wrong: string[] = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const broken = [pick(breaks), pick(breaks)]
    const findings = await findingsOf(broken, pick(checkouts))
    wrong.push(...findings.map((finding) => `${nameOf(broken)}: ${finding}`))
  }
  expect(wrong, `replay with ORDERS_SEED=${seed}`).toEqual([])
}, 60_000)
