import { seededRandom } from '@watertight/policy/testing'
import { expect, onTestFinished, test } from 'vitest'
import { killedAt, preparedFolder, type SagaName } from './kill-everywhere.js'

const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!
const name = pick<SagaName>(['eventful', 'flaky', 'whole'])
const place = `${pick(['before', 'after'])} ${pick(['statement', 'effect'])} ${1 + Math.floor(random() * 3)}`

test(`a worker killed at some place, ${name} ${place}: another one ends what it began (WATERTIGHT_SEED=${seed})`, async () => {
  const prepared = await preparedFolder()
  onTestFinished(prepared.remove)
  const { wasKilled, wrong } = await killedAt({ folder: prepared.path }, name, place)
  expect(wasKilled).toBe(true)
  expect(wrong).toEqual([])
}, 150_000)
