import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReplicaScaler } from './replica-scaler.js'

const scaler = () => new ReplicaScaler({ min: 1, max: 100, target: 0.7 })
const each = (replicas: number, share: number) => Array.from({ length: replicas }, () => share)

test('twice the use is twice the replicas, at once; within a tenth of the target nothing changes', () => {
  expect(scaler().decide(0, { ready: each(3, 1.4), unready: 0 })).toBe(6)
  expect(scaler().decide(0, { ready: each(3, 0.77), unready: 0 })).toBe(3)
  expect(scaler().decide(0, { ready: each(3, 0.64), unready: 0 })).toBe(3)
  expect(scaler().decide(0, { ready: each(3, 0.78), unready: 0 })).toBe(4)
})

test('at most twice as many join at one time, or four', () => {
  expect(scaler().decide(0, { ready: each(1, 70), unready: 0 })).toBe(5)
  expect(scaler().decide(0, { ready: each(10, 70), unready: 0 })).toBe(20)
})

test('fewer are run once nothing has asked for more for five minutes', () => {
  const scales = scaler()
  scales.decide(0, { ready: each(6, 0.7), unready: 0 })
  const after = (ms: number) => scales.decide(ms, { ready: each(6, 0.1), unready: 0 })
  expect([15_000, 150_000, 299_999].map(after)).toEqual([6, 6, 6])
  expect(after(300_000)).toBe(1)
})

test('replicas that are starting will take their part, so that one burst is not answered twice', () => {
  expect(scaler().decide(0, { ready: each(2, 1.4), unready: 2 })).toBe(4)
  expect(scaler().decide(0, { ready: [], unready: 2 })).toBe(2)
  expect(scaler().decide(0, { ready: each(2, 2.1), unready: 2 })).toBe(6)
})

test('whatever the use, the number stays within its bounds, and more use never means fewer replicas', () => {
  const use = fc.record({
    ready: fc.array(fc.double({ min: 0, max: 64, noNaN: true }), { maxLength: 20 }),
    unready: fc.nat(5),
  })
  fc.assert(
    fc.property(use, fc.double({ min: 1, max: 4, noNaN: true }), ({ ready, unready }, factor) => {
      const options = { min: 2, max: 12, target: 0.5 }
      const current = ready.length + unready
      const replicas = new ReplicaScaler(options).decide(0, { ready, unready })
      const more = ready.map((share) => share * factor)
      expect(replicas).toBeLessThanOrEqual(Math.max(12, current))
      expect(replicas).toBeGreaterThanOrEqual(Math.min(2, current))
      expect(new ReplicaScaler(options).decide(0, { ready: more, unready })).toBeGreaterThanOrEqual(replicas)
    }),
  )
})
