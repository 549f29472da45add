import { setTimeout as sleep } from 'node:timers/promises'
import type { FrontDoor } from './front-door.js'
import type { CheckoutResult, Measurements } from './measurements.js'
import { shop } from './shop.js'

const TICK_MS = 20
const ANSWER_MS = 15_000
const OUTSTANDING_MAX = 1_000
const ACKNOWLEDGED_KEPT = 100_000

export interface LoadOptions {
  readonly frontDoor: Pick<FrontDoor, 'send'>
  /** Checkouts per second. */
  readonly rate: number
  readonly measurements: Measurements
}

/**
 * Sends checkouts at a steady rate, whether or not the former ones are answered (an open loop, as real customers
 * are). Durations count from when a checkout was due, so that a stall is not hidden by the checkouts that it
 * kept from being sent.
 */
export class Load {
  /** The orders that were answered with 201, the latest 100000: the audit holds the shop to them. */
  readonly acknowledged: string[] = []
  /** Checkouts per second from now on. */
  rate: number
  /** Where checkouts are counted that begin from now on. */
  measurements: Measurements
  readonly #frontDoor: Pick<FrontDoor, 'send'>
  readonly #outstanding = new Set<Promise<void>>()
  readonly #stop = new AbortController()
  readonly #running: Promise<void>

  constructor(options: LoadOptions) {
    this.rate = options.rate
    this.measurements = options.measurements
    this.#frontDoor = options.frontDoor
    this.#running = this.#run()
  }

  /** Sends no more, and resolves when everything that was sent is answered. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
    await Promise.all(this.#outstanding)
  }

  async #run(): Promise<void> {
    for (let dueAt = performance.now(); !this.#stop.signal.aborted;) {
      for (; dueAt <= performance.now(); dueAt += 1_000 / this.rate) this.#begin(dueAt)
      await sleep(TICK_MS, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }

  #begin(dueAt: number): void {
    const { measurements } = this
    if (this.#outstanding.size >= OUTSTANDING_MAX) {
      // This many unanswered checkouts are an outage already; more would only cost memory.
      measurements.record('unavailable', performance.now() - dueAt)
      return
    }
    const checkout = this.#checkout()
      .catch((): CheckoutResult => 'unavailable')
      .then((result) => {
        measurements.record(result, performance.now() - dueAt)
        this.#outstanding.delete(checkout)
      })
    this.#outstanding.add(checkout)
  }

  async #checkout(): Promise<CheckoutResult> {
    const response = await this.#frontDoor.send({
      method: 'POST',
      path: '/orders',
      body: JSON.stringify(shop(Math.random)),
      limitMs: ANSWER_MS,
    })
    const body = JSON.parse(response.body) as { orderId?: string }
    if (response.status === 201 && body.orderId !== undefined) {
      this.acknowledged.push(body.orderId)
      if (this.acknowledged.length > ACKNOWLEDGED_KEPT) this.acknowledged.shift()
    }
    return resultOf(response.status)
  }
}

function resultOf(status: number): CheckoutResult {
  if (status === 201) return 'placed'
  return status < 500 && status !== 429 ? 'declined' : 'unavailable'
}
