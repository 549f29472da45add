import { setTimeout as sleep } from 'node:timers/promises'
import { unavailable } from '../http/problem.js'
import { isFinal, type Order } from './order.js'
import type { OrderStore } from './order-store.js'
import { nextMove } from './next-move.js'
import { calleeNames, calleeOf, statesAt, takeStep, type CalleeName, type Callees } from './steps.js'

const SWEEP_ORDERS = 200
const SWEEP_CONCURRENCY = 8
/** How long a customer waits for an order that the other version has under way. */
const OTHER_MS = 6_000
const OTHER_POLL_MS = 100

export interface PlaceOrderOptions {
  /** The version of order that this is. It moves the orders that it has taken, and no others. */
  readonly version: string
  readonly store: OrderStore
  readonly callees: Callees
  /** Hears why an order could not be taken further; it is left where it is, and tried again by the next sweep. */
  readonly onTrouble: (error: unknown, orderId: string) => void
}

interface Run {
  readonly ends: Promise<Order>
  /** Whether it takes the order as far as it can; a sweep leaves it to the next service's sweep. */
  readonly isWhole: boolean
}

/**
 * Runs the place-order saga over the store and the other services.
 *
 * An order that a crash or a failed compensation left half way is found by a sweep and taken to its end: there is no
 * other recovery, and none that runs only after a restart.
 */
export class PlaceOrder {
  readonly #version: string
  readonly #store: OrderStore
  readonly #callees: Callees
  readonly #onTrouble: PlaceOrderOptions['onTrouble']
  readonly #running = new Map<string, Run>()
  /** Where the next sweep for a service goes on, so that every order has its turn, however many there are. */
  readonly #sweptTo = new Map<CalleeName, number>()

  constructor({ version, store, callees, onTrouble }: PlaceOrderOptions) {
    this.#version = version
    this.#store = store
    this.#callees = callees
    this.#onTrouble = onTrouble
  }

  /** Takes a new order to its end, or to where it turned back because something is down. */
  start(order: Order): Promise<Order> {
    return this.#run(order.id, true, () => this.#advance(order, { isNew: true }))
  }

  /**
   * The same for an order that may be under way: then it waits for that run instead of beginning another.
   *
   * @throws {@link Problem} 503 when the other version of order has it, and is not done with it soon
   */
  async resume({ id, takenBy }: Pick<Order, 'id' | 'takenBy'>): Promise<Order> {
    if (takenBy !== this.#version) return this.#waitForOther(id)
    for (let run = this.#running.get(id); run !== undefined; run = this.#running.get(id)) {
      if (run.isWhole) return run.ends
      await run.ends.catch(() => {})
    }
    return this.#run(id, true, async () => this.#advance(await this.#read(id), { isNew: false }))
  }

  /**
   * Takes orders that wait for one service, and that nobody moves right now, to the next service or to their end.
   *
   * Each service has its own sweep: however many orders wait for one that is down or slow, those that need another one
   * do not wait behind them. An order that cannot be taken further does not keep the others from it either.
   */
  async sweep(callee: CalleeName): Promise<void> {
    const from = this.#sweptTo.get(callee) ?? 0
    const { orders, next } = await this.#store.unfinished({
      takenBy: this.#version,
      states: statesAt(callee),
      from,
      limit: SWEEP_ORDERS,
    })
    this.#sweptTo.set(callee, next)
    const left = orders.map(({ id }) => id).toReversed()
    const workers = Array.from({ length: SWEEP_CONCURRENCY }, async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) await this.#sweepOne(id, callee)
    })
    await Promise.all(workers)
  }

  /** One sweep for every service, all at once. */
  async sweepAll(): Promise<void> {
    await Promise.all(calleeNames.map((callee) => this.sweep(callee)))
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ ends }) => ends))
  }

  async #sweepOne(id: string, only: CalleeName): Promise<void> {
    if (this.#running.has(id)) return
    try {
      await this.#run(id, false, async () => this.#advance(await this.#read(id), { isNew: false, only }))
    } catch (error) {
      this.#onTrouble(error, id)
    }
  }

  /** Two processes that move one order would undo what the other has just done. */
  async #waitForOther(id: string): Promise<Order> {
    const giveUpAt = performance.now() + OTHER_MS
    for (;;) {
      const order = await this.#read(id)
      if (isFinal(order.state) || order.reason !== undefined) return order
      if (performance.now() >= giveUpAt) throw unavailable('the order is still under way', 1, id)
      await sleep(OTHER_POLL_MS)
    }
  }

  #run(id: string, isWhole: boolean, advance: () => Promise<Order>): Promise<Order> {
    const ends = advance().finally(() => this.#running.delete(id))
    this.#running.set(id, { ends, isWhole })
    return ends
  }

  /** Read again once nobody else moves it: what the caller has read may be old. */
  async #read(id: string): Promise<Order> {
    const order = await this.#store.find(id)
    if (order === undefined) throw new Error(`cannot resume an order: ${id} is not in the store`)
    return order
  }

  async #advance(order: Order, { isNew, only }: { isNew: boolean; only?: CalleeName }): Promise<Order> {
    // Whether this process entered the order's state itself. If not, a former one may have made the call of this
    // state before it died, so that a call which is not sent now proves nothing.
    let enteredHere = isNew
    let current = order
    while (!isFinal(current.state)) {
      if (only !== undefined && calleeOf(current.state) !== only) return current
      const { result, message } = await takeStep(this.#callees, current, current.state)
      const known = result === 'not-sent' && !enteredHere ? 'unknown' : result
      const move = nextMove(current.state, known)
      if (move.state === current.state) return current
      current = await this.#store.move(current, move, message)
      enteredHere = true
      // The customer need not wait while what is down is asked to undo things; the sweep does that.
      if (move.reason === 'unavailable') return current
    }
    return current
  }
}
