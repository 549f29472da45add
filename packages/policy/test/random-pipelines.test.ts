import { env } from 'node:process'
import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import type { EventType } from '../src/index.js'
import { seededRandom, virtualClock } from '../src/testing/index.js'
import { Product, script, World, type Script } from './random-pipelines/calls.js'
import {
  compose,
  intervene,
  interventions,
  layers,
  mostRuns,
  type Composition,
  type Intervention,
} from './random-pipelines/composition.js'
import {
  expectAllReturned,
  expectInTime,
  expectLawful,
  expectNothingLost,
  PREDICATE_ERROR,
} from './random-pipelines/expect-lawful.js'

/**
 * The same examples every time, so that a failure tells of the change that was made; others, and more of them, with
 * `RANDOM_RUNS=20000 npx vitest run packages/policy/test/random-pipelines`.
 */
const runs = env['RANDOM_RUNS']
const seed = env['RANDOM_SEED'] ?? (runs === undefined ? '1' : undefined)
const path = env['RANDOM_PATH']

/** Longer than any single timer of a composition. */
const SETTLED_MS = 400
const ROUNDS_MAX = 300

interface Listening {
  readonly type: EventType
  readonly does: 'throw' | 'call' | Intervention
}

const types: readonly EventType[] = [
  ...(['success', 'failure', 'refused', 'aborted', 'refusal', 'retry', 'retry-stopped'] as const),
  ...(['timeout', 'queued', 'hedge', 'fallback', 'state', 'cache', 'limit'] as const),
]
const listening: fc.Arbitrary<Listening> = fc.record({
  type: fc.constantFrom(...types),
  does: fc.constantFrom('throw', 'call', 'call', 'call', ...interventions),
})

const example = fc.record({
  layers: layers.filter((drawn) => mostRuns(drawn) <= 30),
  scripts: fc.array(script, { minLength: 1, maxLength: 8 }),
  listeners: fc.array(listening, { maxLength: 3 }),
  fromListeners: fc.array(script, { maxLength: 4 }),
  operator: fc.array(
    fc.record({ atMs: fc.integer({ min: 0, max: 200 }), does: fc.constantFrom(...interventions) }),
    { maxLength: 3 },
  ),
  predicate: fc.constantFrom('none', 'none', 'tells', 'throws'),
  random: fc.integer({ min: 0, max: 0xffff_ffff }),
})
type Example = typeof example extends fc.Arbitrary<infer T> ? T : never

const isBad = (value: unknown): boolean => value instanceof Product && value.bad
const predicates = {
  none: undefined,
  tells: isBad,
  throws: (value: unknown): boolean => {
    if (isBad(value)) throw PREDICATE_ERROR
    return false
  },
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** Listeners that throw, start calls in the middle of others, or change policies; returns what ends them. */
function listen(composition: Composition, world: World, { listeners, fromListeners }: Example): () => void {
  const left: Script[] = [...fromListeners]
  let changing = false
  // Two listeners that answer each other's changes would never end.
  const changeOnce = (how: Intervention): void => {
    if (changing) return
    changing = true
    intervene(composition, how)
    changing = false
  }
  const stops = listeners.map(({ type, does }) =>
    composition.call.on(type, () => {
      if (does === 'throw') throw new Error('a listener throws')
      if (does !== 'call') return changeOnce(does)
      const next = left.shift()
      if (next !== undefined) world.start(composition, next)
    }),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

async function play(drawn: Example): Promise<void> {
  const clock = virtualClock()
  const restore = clock.install(seededRandom(drawn.random))
  try {
    const world = new World(clock)
    const composition = compose(drawn.layers, world, predicates[drawn.predicate])
    const stopListening = listen(composition, world, drawn)
    for (const one of drawn.scripts) {
      if (one.startMs === 0) world.start(composition, one)
      else clock.setTimer(one.startMs, () => void world.start(composition, one))
    }
    for (const { atMs, does } of drawn.operator) clock.setTimer(atMs, () => intervene(composition, does))
    await clock.runAll()
    expectInTime(composition, world)
    await endAll(composition, world)
    stopListening()
    for (const call of world.calls) expectLawful(composition, call)
    expectNothingLost(composition, world)
    const widened = [...drawn.operator, ...drawn.listeners].some(({ does }) => does === 'widen')
    await expectAllReturned(composition, world, widened)
  } finally {
    restore()
  }
}

/** Ends what hangs, late for those whose callers have gone, and lets all that follows from it pass. */
async function endAll(composition: Composition, world: World): Promise<void> {
  const { clock, calls } = world
  // What a cache refreshes in the background is not late, although its caller has gone.
  const inForeground = composition.layers.every(({ kind }) => kind !== 'cache')
  const known = (): string => JSON.stringify(composition.breakers.map(({ metrics }) => metrics))
  for (let round = 0; ; round += 1) {
    const late = inForeground && calls.every(({ settlements }) => settlements > 0)
    const before = known()
    const hung = world.release()
    await clock.advance(0)
    if (late) expect(known(), 'a late end changed what a breaker knows').toBe(before)
    if (!hung) break
    expect(round, 'new runs hang without end').toBeLessThan(ROUNDS_MAX)
    await clock.advance(SETTLED_MS)
  }
  await clock.advance(SETTLED_MS)
}

it('whatever is composed and whatever happens, the laws of a call hold', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const details = await fc.check(fc.asyncProperty(example, play), {
    numRuns: Number(runs ?? 300),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  })
  if (!details.failed) return
  const replay = `RANDOM_SEED=${details.seed} RANDOM_PATH=${details.counterexamplePath}`
  const story = [
    String(details.errorInstance),
    `replay: ${replay} npx vitest run packages/policy/test/random-pipelines`,
    fc.stringify(details.counterexample?.[0]),
  ]
  expect.fail(story.join('\n'))
}, 600_000)
