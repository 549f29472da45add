import fc from 'fast-check'
import { RefusalError, TimeoutError, type Operation, type Outcome } from '../../src/index.js'
import type { VirtualClock } from '../../src/testing/index.js'
import type { Composition, Later } from './composition.js'

/** What one run of an operation does. */
export interface Behaviour {
  readonly ends: 'value' | 'throw' | 'resolve' | 'reject' | 'hang'
  /** After which a run ends that neither ends at once nor hangs. */
  readonly afterMs: number
  /** Rejects as soon as its signal is aborted. */
  readonly heeds: boolean
  /** Aborts the signal of its own caller, before anything else. */
  readonly aborts: boolean
  /** Returns what policies that look at results take for a failure. */
  readonly bad: boolean
}

/** One call as fast-check draws and prints it. */
export interface Script {
  readonly startMs: number
  readonly key: 'a' | 'b' | undefined
  readonly idempotent: boolean
  readonly priority: number
  /** When the caller gives up, counted from the start. */
  readonly abort: number | 'before' | 'never'
  /** By number of the run; further runs do as the last. */
  readonly runs: readonly Behaviour[]
  readonly execute: boolean
}

function rarely(oneIn: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: oneIn }).map((one) => one === oneIn)
}

const ends = fc.constantFrom<Behaviour['ends']>(
  'value',
  'throw',
  'resolve',
  'resolve',
  'resolve',
  'reject',
  'hang',
)
const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  ends,
  afterMs: fc.integer({ min: 0, max: 100 }),
  heeds: fc.boolean(),
  aborts: rarely(20),
  bad: rarely(4),
})

export const script: fc.Arbitrary<Script> = fc.record({
  startMs: fc.integer({ min: 0, max: 120 }),
  key: fc.constantFrom('a', 'a', 'b', undefined),
  idempotent: fc.boolean(),
  priority: fc.integer({ min: 0, max: 2 }),
  abort: fc.oneof(
    { weight: 3, arbitrary: fc.constant('never' as const) },
    { weight: 1, arbitrary: fc.constant('before' as const) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 150 }) },
  ),
  runs: fc.array(behaviour, { minLength: 1, maxLength: 3 }),
  execute: fc.boolean(),
})

/** What an operation returns: it knows whose it is, and looks like a stream, so that discarding it shows. */
export class Product {
  readonly call: Call
  readonly bad: boolean
  cancelled: number = 0

  constructor(call: Call, bad: boolean) {
    this.call = call
    this.bad = bad
  }

  cancel(): void {
    this.cancelled += 1
  }

  getReader(): void {}
}

/** All calls of one example, and what their operations do at the moment. */
export class World implements Later {
  readonly clock: VirtualClock
  readonly calls: Call[] = []
  running: number = 0
  mostRunning: number = 0
  readonly #hung: Set<() => void> = new Set()

  constructor(clock: VirtualClock) {
    this.clock = clock
  }

  value(value: unknown, afterMs: number): Promise<unknown> {
    return new Promise((resolve) => {
      this.clock.setTimer(afterMs, () => resolve(value))
    })
  }

  error(error: Error): Promise<never> {
    return Promise.reject(error)
  }

  hang(end: () => void): void {
    this.#hung.add(end)
  }

  /** Ends what hangs; answers whether anything did. */
  release(): boolean {
    const hung = [...this.#hung]
    this.#hung.clear()
    for (const end of hung) end()
    return hung.length > 0
  }

  start(composition: Composition, one: Script): Call {
    const call = new Call(this, one)
    this.calls.push(call)
    call.start(composition)
    return call
  }
}

/** One call: what it does, and how it ended. */
export class Call {
  readonly script: Script
  readonly reason: Error = new Error('the caller gave up')
  readonly products: Product[] = []
  readonly errors: Set<unknown> = new Set()
  readonly caller: AbortController = new AbortController()
  startedAt: number = 0
  runs: number = 0
  settlements: number = 0
  settledAt: number | undefined = undefined
  outcome: Outcome<unknown> | undefined = undefined
  /** When its caller gave up by a timer of its own, in the middle of the call. */
  abortedAt: number | undefined = undefined
  readonly #world: World

  constructor(world: World, one: Script) {
    this.#world = world
    this.script = one
  }

  start({ call }: Composition): void {
    const { key, idempotent, priority, abort, execute } = this.script
    const { clock } = this.#world
    const options = { signal: this.caller.signal, key, idempotent, priority }
    this.startedAt = clock.now()
    if (abort === 'before') this.caller.abort(this.reason)
    if (typeof abort === 'number') clock.setTimer(abort, () => this.#giveUp())
    const ended = execute
      ? call.execute(this.operation, options).then(
          (value): Outcome<unknown> => ({ ok: true, value, fallback: false }),
          (error: unknown): Outcome<unknown> => ({ ok: false, error, reason: this.#reasonOf(error) }),
        )
      : call.outcome(this.operation, options)
    void ended.then((outcome) => {
      this.settlements += 1
      this.settledAt = clock.now()
      this.outcome = outcome
    })
  }

  readonly operation: Operation<Product> = (context) => {
    const world = this.#world
    const { runs } = this.script
    const { ends: end, afterMs, heeds, aborts, bad } = runs[Math.min(this.runs, runs.length - 1)]!
    this.runs += 1
    if (aborts) this.caller.abort(this.reason)
    if (end === 'value') return this.#product(bad)
    if (end === 'throw') throw this.#error()
    world.running += 1
    world.mostRunning = Math.max(world.mostRunning, world.running)
    return new Promise((resolve, reject) => {
      let over = false
      const once = (settle: () => void) => (): void => {
        if (over) return
        over = true
        world.running -= 1
        settle()
      }
      const fulfil = once(() => resolve(this.#product(bad)))
      const fail = once(() => reject(this.#error()))
      if (heeds) context.signal.addEventListener('abort', fail)
      if (end === 'hang') world.hang(fulfil)
      else world.clock.setTimer(afterMs, end === 'resolve' ? fulfil : fail)
    })
  }

  #giveUp(): void {
    if (this.settlements === 0 && !this.caller.signal.aborted) this.abortedAt = this.#world.clock.now()
    this.caller.abort(this.reason)
  }

  #product(bad: boolean): Product {
    const product = new Product(this, bad)
    this.products.push(product)
    return product
  }

  #error(): Error {
    const error = new Error('the operation failed')
    this.errors.add(error)
    return error
  }

  #reasonOf(error: unknown): 'failure' | 'refusal' | 'abort' {
    if (error instanceof RefusalError) return 'refusal'
    return error === this.reason && !(error instanceof TimeoutError) ? 'abort' : 'failure'
  }
}
