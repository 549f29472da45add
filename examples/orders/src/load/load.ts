import { OpenLoop } from '@watertight/supervisor'
import type { FrontDoor } from './front-door.js'
import type { CheckoutResult, Measurements } from './measurements.js'
import { shop } from './shop.js'

const ANSWER_MS = 15_000
const ACKNOWLEDGED_KEPT = 100_000

export interface LoadOptions {
  readonly frontDoor: Pick<FrontDoor, 'send'>
  /** Checkouts per second. */
  readonly rate: number
  readonly measurements: Measurements
}

/** Sends checkouts at a steady rate, whether or not the former ones are answered, as real customers do. */
export class Load {
  /** The orders that were answered with 201, the latest 100000: the audit holds the shop to them. */
  readonly acknowledged: string[] = []
  /** The same of those that were answered with 202: each must end one way or the other. */
  readonly accepted: string[] = []
  /** Checkouts per second from now on. */
  rate: number
  /** Where checkouts are counted that begin from now on. */
  measurements: Measurements
  readonly #frontDoor: Pick<FrontDoor, 'send'>
  readonly #loop: OpenLoop
  /** When the next one is due, in milliseconds from the start. */
  #nextMs = 0

  constructor(options: LoadOptions) {
    this.rate = options.rate
    this.measurements = options.measurements
    this.#frontDoor = options.frontDoor
    this.#loop = new OpenLoop({
      due: (elapsedMs) => this.#due(elapsedMs),
      send: async (lateMs) => {
        const { measurements } = this
        const result = await this.#checkout().catch((): CheckoutResult => 'unavailable')
        measurements.record(result, lateMs())
      },
      omitted: (lateMs) => this.measurements.record('unavailable', lateMs),
    })
  }

  /** Sends no more, and resolves when everything that was sent is answered. */
  async stop(): Promise<void> {
    await this.#loop.stop()
  }

  *#due(elapsedMs: number): Generator<number> {
    for (; this.#nextMs <= elapsedMs; this.#nextMs += 1_000 / this.rate) yield this.#nextMs
  }

  async #checkout(): Promise<CheckoutResult> {
    const response = await this.#frontDoor.send({
      method: 'POST',
      path: '/orders',
      body: JSON.stringify(shop(Math.random)),
      limitMs: ANSWER_MS,
    })
    const body = JSON.parse(response.body) as { orderId?: string }
    const kept = response.status === 201 ? this.acknowledged : this.accepted
    if (response.status <= 202 && body.orderId !== undefined) {
      kept.push(body.orderId)
      if (kept.length > ACKNOWLEDGED_KEPT) kept.shift()
    }
    return resultOf(response.status)
  }
}

function resultOf(status: number): CheckoutResult {
  if (status === 201) return 'placed'
  if (status === 202) return 'waiting'
  return status < 500 && status !== 429 ? 'declined' : 'unavailable'
}
