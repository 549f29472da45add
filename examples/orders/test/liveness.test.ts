import { expect, test } from 'vitest'
import { Liveness } from '../src/supervisor/liveness.js'

test('three failures in a row are a hang, and an answer in between forgives', () => {
  const liveness = new Liveness()
  const probes = [true, false, false, true, false, false, false]
  expect(probes.map((answers) => liveness.probed(answers, 1_000))).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    true,
  ])
})

test('a process that has never answered is still starting, for a minute', () => {
  const liveness = new Liveness()
  const ages = [0, 20_000, 40_000, 59_999, 60_000, 61_000, 62_000]
  expect(ages.map((upForMs) => liveness.probed(false, upForMs))).toEqual([
    ...Array.from({ length: 6 }, () => false),
    true,
  ])
})
