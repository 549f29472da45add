import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TimerHeap } from './timer-heap.js'

it('gives timers by time, those of one time in the order of their setting, however many are cancelled', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ cancel: fc.nat() }),
      fc.record({ take: fc.constant(true) }),
    ),
    { maxLength: 200 },
  )
  fc.assert(
    fc.property(steps, (script) => {
      const heap = new TimerHeap()
      const listed: { dueAt: number; order: number; timer: ReturnType<TimerHeap['add']> }[] = []
      const byTime = (): typeof listed => listed.toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order)
      for (const [order, step] of script.entries()) {
        if ('add' in step) {
          listed.push({ dueAt: step.add, order, timer: heap.add(step.add, () => {}) })
        } else if ('cancel' in step) {
          const [one] = listed.splice(step.cancel % Math.max(1, listed.length), 1)
          one?.timer.cancel()
          one?.timer.cancel()
        } else if (heap.first !== undefined) {
          expect(heap.first).toBe(byTime()[0]!.timer)
          listed.splice(listed.indexOf(byTime()[0]!), 1)
          heap.remove(heap.first)
        }
        expect(heap.size).toBe(listed.length)
        expect(heap.first).toBe(byTime()[0]?.timer)
      }
    }),
  )
})
