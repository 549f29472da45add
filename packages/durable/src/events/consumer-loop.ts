import { exponential } from '@watertight/policy'
import { systemRandom } from '@watertight/policy/decisions'
import { closeAll } from '../closing/close-all.js'
import { withinDeadline } from '../store/within-deadline.js'
import { lateError } from '../store/errors.js'
import { EndedGroupError } from './errors.js'

/** What is done round after round. */
export interface Rounds {
  round(): Promise<number>
  renew(): Promise<void>
  leave(): Promise<void>
}

export interface LoopOptions {
  readonly pollMs: number
  /** Events gather for so long after a round that has dealt with some, but fewer than `lingerBelow`. Default 0. */
  readonly lingerMs?: number
  /** Default no bound. */
  readonly lingerBelow?: number
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
  #isHurried = false
  #wake: () => void = () => {}
  #hurry: () => void = () => {}
  #stopListening: () => Promise<void> = async () => {}

  constructor(rounds: Rounds, options: LoopOptions) {
    this.#rounds = rounds
    this.#options = options
  }

  /** `stopListening` is called when it is closed: there is nothing to be woken for. */
  start(stopListening?: () => Promise<void>): void {
    if (stopListening !== undefined) this.#stopListening = stopListening
    const { leaseMs, onError } = this.#options
    this.#running = this.#run()
    this.#renewing = setInterval(() => void this.#rounds.renew().catch(onError), leaseMs / 3)
    this.#renewing.unref()
  }

  wake(): void {
    this.#isWoken = true
    this.#wake()
  }

  /** Somebody waits for what has gathered: it is dealt with at once. */
  hurry(): void {
    this.#isHurried = true
    this.#hurry()
    this.wake()
  }

  /** Ends what runs and leaves, which goes on when the deadline passes: a database that is silent may answer yet. */
  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true
    this.#wake()
    this.#hurry()
    const ending = closeAll([this.#endAndLeave(), this.#stopListening()])
    try {
      await withinDeadline(ending, deadlineMs, () =>
        lateError('close the consumer: what it is at must end', deadlineMs),
      )
    } finally {
      clearInterval(this.#renewing)
    }
  }

  async #endAndLeave(): Promise<void> {
    await this.#running
    clearInterval(this.#renewing)
    await this.#rounds.leave()
  }

  async #run(): Promise<void> {
    const { pollMs, lingerMs = 0, lingerBelow = Infinity, onError } = this.#options
    let failures = 0
    while (!this.#isClosed) {
      this.#isWoken = false
      this.#isHurried = false
      try {
        const count = await this.#rounds.round()
        failures = 0
        if (count === 0) await this.#pause(pollMs)
        else if (count < lingerBelow) await this.#linger(lingerMs)
      } catch (error) {
        if (error instanceof EndedGroupError) return await this.#end()
        failures += 1
        onError(error)
        await this.#pause(afterErrors.delayMs(failures, 0, systemRandom))
      }
    }
  }

  /** There is nothing to be a member of any more. */
  async #end(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#renewing)
    await this.#rounds.leave().catch(this.#options.onError)
  }

  /** Ends early when there is news. */
  async #pause(ms: number): Promise<void> {
    if (this.#isClosed || this.#isWoken) return
    await sleepUnless(ms, (end) => (this.#wake = end))
    this.#wake = () => {}
  }

  /** News is what it waits for: it ends early only for somebody who waits. */
  async #linger(ms: number): Promise<void> {
    if (ms === 0 || this.#isClosed || this.#isHurried) return
    await sleepUnless(ms, (end) => (this.#hurry = end))
    this.#hurry = () => {}
  }
}

/** Gives out how to end it before the time is up. */
async function sleepUnless(ms: number, giveOut: (end: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    giveOut(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
