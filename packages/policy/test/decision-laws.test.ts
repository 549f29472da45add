import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Queueing, Verdict } from '../src/decisions.js'
import { subjects, type Subject } from './laws/subjects.js'
import { World, type Action } from './laws/world.js'

const index = fc.nat(9)
const verdict = fc.constantFrom<Verdict>('success', 'failure', 'failure', 'ignored')
const script: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('call' as const), priority: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), index, verdict }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), index }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('tick' as const), ms: fc.integer({ min: 1, max: 70 }) }),
    },
  ),
  { maxLength: 60 },
)

/** The world after a script, with the bound of the decision checked all the way. */
function played(subject: Subject, actions: readonly Action[], skipped?: ReadonlySet<number>): World {
  const world = new World(subject.create())
  world.onStart = () => {
    subject.bound(world)
  }
  return world.play(actions, skipped)
}

/** The same script, of which nothing is to be learned. */
function quietly(subject: Subject, actions: readonly Action[]): Action[] {
  return actions
    .filter(({ kind }) => kind !== 'tick' || subject.countsRunning !== true)
    .map((action) => (action.kind === 'end' ? { ...action, verdict: 'ignored' } : action))
}

const withoutRefusals = ({ trace, refused }: World): unknown[] => trace.filter(([call]) => !refused.has(call))

/** Scripts for each law and subject; the deep run draws more. */
const RUNS = Number(process.env['RANDOM_RUNS'] ?? 300) / 10

function holds(law: (actions: Action[]) => void): void {
  fc.assert(fc.property(script, law), { numRuns: RUNS })
}

const all = subjects as unknown as readonly Subject[]

describe.each(all)('$name, admitting and settling', (subject) => {
  it('never lets in more than its bound, and answers the same to the same calls', () => {
    holds((actions) => {
      expect(played(subject, actions).trace).toEqual(played(subject, actions).trace)
    })
  })

  it('is the same after a refusal as if nobody had asked', () => {
    holds((actions) => {
      const world = played(subject, actions)
      const unasked = played(subject, actions, world.refused)
      expect(withoutRefusals(unasked)).toEqual(withoutRefusals(world))
      expect(subject.view(unasked.decision, world.now)).toEqual(subject.view(world.decision, world.now))
    })
  })

  it('gets back what it gave: once all have gone, as many are let in as before', () => {
    holds((actions) => {
      const world = played(subject, quietly(subject, actions)).rest()
      if (subject.countsStarts === true) world.passTime(100_000)
      const fresh = new World(subject.create())
      fresh.now = world.now
      const asked = Array.from({ length: 12 }, () => ({ kind: 'call', priority: 1 }) as const)
      world.trace.length = 0
      expect(world.play(asked).trace).toEqual(fresh.play(asked).trace)
    })
  })

  it('learns nothing from what is to be ignored', () => {
    if (subject.countsStarts === true) return
    holds((actions) => {
      const world = played(subject, quietly(subject, actions)).rest()
      expect(subject.view(world.decision, world.now)).toEqual(subject.view(subject.create(), world.now))
    })
  })
})

describe.each(all)('$name, in time', (subject) => {
  it('lets nobody wait for ever', () => {
    holds((actions) => {
      const world = played(subject, actions)
      for (let round = 0; world.waiting.length > 0; round++) {
        expect(round, 'somebody waits for ever').toBeLessThan(100)
        const due = (world.decision as Queueing).grantAt
        if (due < Infinity) world.passTime(Math.max(0, due - world.now))
        world.end(world.running[0], 'success')
        world.handOn()
      }
    })
  })

  it('keeps the promise of a refusal that tells when to come again', () => {
    holds((actions) => {
      for (const [position, action] of actions.entries()) {
        if (action.kind !== 'call') continue
        const world = played(subject, actions.slice(0, position))
        let retryAfterMs: number | undefined
        world.onRefusal = (refusal) => {
          if (subject.promises?.(refusal) === true) retryAfterMs = refusal.retryAfterMs
        }
        world.take(action, position)
        if (retryAfterMs === undefined || !world.refused.has(position)) continue
        world.passTime(retryAfterMs + 1e-6)
        world.take(action, actions.length)
        expect(world.refused.has(actions.length), 'refused again').toBe(false)
        return
      }
    })
  })

  it('goes on from a snapshot as it would have gone on itself', () => {
    const { carryOver } = subject
    if (carryOver === undefined) return
    fc.assert(
      fc.property(script, script, (before, after) => {
        const world = played(subject, before).rest()
        const next = new World(subject.create())
        next.now = world.now
        const exact = carryOver(world.decision, next.decision, world.now)
        if (!exact) return
        expect(subject.view(next.decision, next.now)).toEqual(subject.view(world.decision, world.now))
        world.trace.length = 0
        expect(next.play(after).trace).toEqual(world.play(after).trace)
      }),
      { numRuns: RUNS },
    )
  })
})
