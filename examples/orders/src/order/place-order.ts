import { setTimeout as sleep } from 'node:timers/promises'
import { isFinal, type Order } from './order.js'
import type { OrderStore } from './order-store.js'
import { nextMove } from './saga.js'
import { takeStep, type Callees } from './steps.js'

const SWEEP_EVERY_MS = 500
const SWEEP_ORDERS = 200
const SWEEP_CONCURRENCY = 8

/**
 * Runs the place-order saga over the store and the other services.
 *
 * An order that a crash or a failed compensation left half way is found by a sweep, twice a second, and taken
 * to its end: there is no other recovery, and none that runs only after a restart.
 */
export class PlaceOrder {
  readonly #store: OrderStore
  readonly #callees: Callees
  readonly #running = new Map<string, Promise<Order>>()
  readonly #stop = new AbortController()
  readonly #sweeping: Promise<void>

  constructor(store: OrderStore, callees: Callees) {
    this.#store = store
    this.#callees = callees
    this.#sweeping = this.#sweepUntilStopped()
  }

  /** Takes a new order to its end, or to where it turned back because something is down. */
  start(order: Order): Promise<Order> {
    return this.#once(order.id, () => this.#advance(order, true))
  }

  /** The same for an order that may be under way: then it waits for that run instead of beginning another. */
  resume(id: string): Promise<Order> {
    return this.#once(id, async () => {
      // Read again, now that no one else moves it: what the caller has read may be old.
      const order = await this.#store.find(id)
      if (order === undefined) throw new Error(`cannot resume an order: ${id} is not in the store`)
      return this.#advance(order, false)
    })
  }

  /** Stops the sweep and waits for what is under way. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#sweeping
    await Promise.allSettled(this.#running.values())
  }

  #once(id: string, run: () => Promise<Order>): Promise<Order> {
    const known = this.#running.get(id)
    if (known !== undefined) return known
    const running = run().finally(() => this.#running.delete(id))
    this.#running.set(id, running)
    return running
  }

  async #advance(order: Order, isNew: boolean): Promise<Order> {
    // Whether this process entered the order's state itself. If not, a former one may have made the call of this
    // state before it died, so that a call which is not sent now proves nothing.
    let enteredHere = isNew
    let current = order
    while (!isFinal(current.state)) {
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

  async #sweepUntilStopped(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const orders = await this.#store.unfinished(SWEEP_ORDERS + this.#running.size)
      const left = orders.map(({ id }) => id).filter((id) => !this.#running.has(id))
      const workers = Array.from({ length: SWEEP_CONCURRENCY }, async () => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) await this.resume(id)
      })
      await Promise.all(workers)
      await sleep(SWEEP_EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }
}
