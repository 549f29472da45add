import { env } from 'node:process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Engine, Pending, type Attempt, type Operation as EngineOperation } from '../src/engine/index.js'
import type { EventType, OperationContext, Outcome } from '../src/index.js'
import { seededRandom, virtualClock, type VirtualClock } from '../src/testing/index.js'
import { script, type Behaviour, type Script } from './random-pipelines/calls.js'
import { compose, layers, mostRuns, type Composition, type Later } from './random-pipelines/composition.js'

const example = fc.record({
  layers: layers.filter((drawn) => mostRuns(drawn) <= 30),
  scripts: fc.array(script, { minLength: 1, maxLength: 8 }),
  judges: fc.boolean(),
  listensToEnds: fc.boolean(),
  random: fc.integer({ min: 0, max: 0xffff_ffff }),
})
type Example = typeof example extends fc.Arbitrary<infer T> ? T : never

const EVENTS: readonly EventType[] = [
  ...(['refusal', 'retry', 'retry-stopped', 'timeout', 'queued', 'hedge'] as const),
  ...(['fallback', 'state', 'would-refuse', 'cache', 'limit'] as const),
]
const ENDS: readonly EventType[] = ['success', 'failure', 'refused', 'aborted']
const OVER_MS = 3_000

/** A result that predicates may take for a failure. */
interface Result {
  readonly name: string
  readonly bad: boolean
}

/** Everything that can be seen of an example, with times: what policies and operations do, in order, and the ends. */
class Sighting {
  readonly clock: VirtualClock = virtualClock()
  readonly steps: string[] = []
  readonly ends: string[] = []
  readonly composition: Composition
  readonly scripts: readonly Script[]

  constructor(
    { layers: drawn, judges, listensToEnds, scripts }: Example,
    later: (clock: VirtualClock) => Later,
  ) {
    const whenResult = judges ? (value: unknown): boolean => (value as Result).bad : undefined
    this.composition = compose(drawn, later(this.clock), whenResult)
    this.scripts = scripts
    for (const type of [...EVENTS, ...(listensToEnds ? ENDS : [])]) {
      this.composition.call.on(type, (event) => this.step(JSON.stringify(event, readable)))
    }
  }

  step(text: string): void {
    this.steps.push(`${this.clock.now()} ${text}`)
  }

  end(id: number, outcome: Outcome<unknown>): void {
    const told = outcome.ok ? outcome : { ...outcome, error: outcome.error, reason: outcome.reason }
    this.ends.push(`${id} ended at ${this.clock.now()}: ${JSON.stringify(told, readable)}`)
  }

  behaviour(id: number, run: number): Behaviour {
    const { runs } = this.scripts[id]!
    return runs[Math.min(run, runs.length - 1)]!
  }

  /** Calls back for each call when its time has come. */
  schedule(start: (id: number, one: Script) => void): void {
    for (const [id, one] of this.scripts.entries()) {
      this.clock.setTimer(one.startMs, () => start(id, one))
    }
  }

  get seen(): { readonly steps: readonly string[]; readonly ends: readonly string[] } {
    const { breakers, bulkheads, budget } = this.composition
    const state = JSON.stringify([
      breakers.map(({ metrics }) => metrics),
      bulkheads.map(({ running, queued }) => [running, queued]),
      budget.remaining(this.clock.now()),
    ])
    return { steps: [...this.steps, state], ends: this.ends.toSorted() }
  }
}

function readable(_key: string, value: unknown): unknown {
  if (value instanceof Error) return value.message
  return typeof value === 'symbol' ? value.toString() : value
}

async function byPromises(drawn: Example) {
  const record = new Sighting(drawn, (clock) => ({
    value: (value, afterMs) => new Promise((resolve) => clock.setTimer(afterMs, () => resolve(value))),
    error: (error) => new Promise((_, reject) => clock.setTimer(1, () => reject(error))),
  }))
  const { clock, composition } = record
  const restore = clock.install(seededRandom(drawn.random))
  record.schedule((id, { key, idempotent, priority, abort }) => {
    const caller = new AbortController()
    if (typeof abort === 'number') clock.setTimer(abort, () => caller.abort('gone'))
    let runs = 0
    const operation = ({ attempt, deadline, signal }: OperationContext): unknown => {
      const { ends, afterMs, bad } = record.behaviour(id, runs)
      runs += 1
      record.step(`${id} runs as attempt ${attempt} until ${deadline}`)
      signal.addEventListener('abort', () => record.step(`${id} stops attempt ${attempt}`))
      const result: Result = { name: `${id} run ${runs}`, bad }
      if (ends === 'value') return result
      if (ends === 'throw') throw new Error(result.name)
      return new Promise((resolve, reject) => {
        if (ends === 'hang') return
        clock.setTimer(afterMs, () => (ends === 'resolve' ? resolve(result) : reject(new Error(result.name))))
      })
    }
    const options = { signal: caller.signal, key, idempotent, priority }
    void composition.call.outcome(operation, options).then((outcome) => record.end(id, outcome))
  })
  await clock.advance(OVER_MS)
  const { seen } = record
  restore()
  return seen
}

function byCallbacks(drawn: Example) {
  const record = new Sighting(drawn, (clock) => ({
    value: (value, afterMs) => new Pending((answer) => clock.setTimer(afterMs, () => answer.succeed(value))),
    error: (error) => new Pending((answer) => clock.setTimer(1, () => answer.fail(error))),
  }))
  const { clock, composition } = record
  const engine = new Engine(composition.call, { clock, random: seededRandom(drawn.random) })
  record.schedule((id, { abort, ...traits }) => {
    let runs = 0
    const operation: EngineOperation = {
      start: (attempt: Attempt) => {
        const { ends, afterMs, bad } = record.behaviour(id, runs)
        runs += 1
        record.step(`${id} runs as attempt ${attempt.number} until ${attempt.deadline}`)
        const result: Result = { name: `${id} run ${runs}`, bad }
        if (ends === 'value') attempt.succeed(result)
        else if (ends === 'throw') throw new Error(result.name)
        else if (ends !== 'hang') {
          const end = (): void =>
            ends === 'resolve' ? attempt.succeed(result) : attempt.fail(new Error(result.name))
          clock.setTimer(afterMs, end)
        }
      },
      stop: (attempt) => record.step(`${id} stops attempt ${attempt.number}`),
      ended: (outcome) => record.end(id, outcome),
    }
    // In the order of the other driver, whose caller's timer is set before its call.
    let cancel = (): void => {}
    if (typeof abort === 'number') clock.setTimer(abort, () => cancel())
    const call = engine.start(operation, traits)
    cancel = () => call.cancel('gone')
  })
  clock.advanceNow(OVER_MS)
  return record.seen
}

it('callbacks in virtual time do exactly what promises do, event by event', async () => {
  const seed = env['RANDOM_SEED']
  const property = fc.asyncProperty(example, async (drawn) => {
    expect(byCallbacks(drawn)).toEqual(await byPromises(drawn))
  })
  await fc.assert(property, {
    numRuns: Number(env['RANDOM_RUNS'] ?? 100),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  })
}, 300_000)
