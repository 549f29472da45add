import { exponential } from '@watertight/policy'
import { systemRandom } from '@watertight/policy/decisions'
import { withinDeadline } from '../store/within-deadline.js'
import { deadlineError } from '../store/errors.js'

/** What is done round after round. */
export interface Rounds {
  round(): Promise<number>
  renew(): Promise<void>
  leave(): Promise<void>
}

export interface LoopOptions {
  readonly pollMs: number
  readonly leaseMs: number
  readonly onError: (error: unknown) => void
}

const afterErrors = exponential({ initialMs: 50, maxMs: 5_000 })

/** Runs rounds: at once while there is work, else when woken or after a while; later and later while they fail. */
export class ConsumerLoop {
  readonly #rounds: Rounds
  readonly #options: LoopOptions
  #running: Promise<void> | undefined
  #renewing: NodeJS.Timeout | undefined
  #isClosed = false
  #isWoken = false
  #wake: () => void = () => {}

  constructor(rounds: Rounds, options: LoopOptions) {
    this.#rounds = rounds
    this.#options = options
  }

  start(): void {
    const { leaseMs, onError } = this.#options
    this.#running = this.#run()
    this.#renewing = setInterval(() => void this.#rounds.renew().catch(onError), leaseMs / 3)
    this.#renewing.unref()
  }

  wake(): void {
    this.#isWoken = true
    this.#wake()
  }

  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true
    this.#wake()
    try {
      const running = this.#running ?? Promise.resolve()
      await withinDeadline(running, deadlineMs, () => deadlineError('close the consumer', deadlineMs))
    } finally {
      clearInterval(this.#renewing)
    }
    await this.#rounds.leave()
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#isClosed) {
      this.#isWoken = false
      try {
        const count = await this.#rounds.round()
        failures = 0
        if (count === 0) await this.#pause(this.#options.pollMs)
      } catch (error) {
        failures += 1
        this.#options.onError(error)
        await this.#pause(afterErrors.delayMs(failures, 0, systemRandom))
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isClosed || this.#isWoken) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = () => {}
  }
}
