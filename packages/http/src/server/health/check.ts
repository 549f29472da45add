import type { Clock } from '../../runtime/clock.js'

/** Throws, rejects or answers `false` when what it checks does not work. `signal` aborts when its time is over. */
export type CheckFunction = (signal: AbortSignal) => unknown

export interface CheckState {
  readonly status: 'ok' | 'failed' | 'timed out'
  /** How long the check took, in milliseconds. */
  readonly durationMs: number
  /** What it failed with. */
  readonly error?: string
}

export interface CheckSettings {
  readonly timeoutMs: number
  readonly cacheMs: number
  readonly clock: Clock
}

/** Errors may quote anything at any length. */
const ERROR_LENGTH_MAX = 200

/** One named check. It never runs twice at once, however many probes ask. */
export class Check {
  readonly name: string
  readonly #run: CheckFunction
  readonly #settings: CheckSettings
  #latest: Promise<CheckState> | undefined = undefined
  /** A run that was given up may hang: until it ends no other is started. */
  #isRunning: boolean = false
  #endedAt: number = -Infinity

  constructor(name: string, run: CheckFunction, settings: CheckSettings) {
    this.name = name
    this.#run = run
    this.#settings = settings
  }

  /** The state as of now, or of a moment ago. */
  state(): Promise<CheckState> {
    const { clock, cacheMs } = this.#settings
    const isFresh = this.#isRunning || clock.now() - this.#endedAt < cacheMs
    if (this.#latest === undefined || !isFresh) this.#latest = this.#start()
    return this.#latest
  }

  #start(): Promise<CheckState> {
    const { clock, timeoutMs } = this.#settings
    const startedAt = clock.now()
    const controller = new AbortController()
    this.#isRunning = true
    return new Promise((resolve) => {
      const settle = (status: CheckState['status'], error?: string): void => {
        timer.cancel()
        const durationMs = Math.round(clock.now() - startedAt)
        resolve(error === undefined ? { status, durationMs } : { status, durationMs, error })
      }
      const timer = clock.setTimer(timeoutMs, () => {
        settle('timed out', `no result after ${timeoutMs} ms`)
        controller.abort()
      })
      const end = (status: 'ok' | 'failed', error?: string): void => {
        this.#isRunning = false
        this.#endedAt = clock.now()
        settle(status, error)
      }
      void start(this.#run, controller.signal).then(
        () => end('ok'),
        (error: unknown) => end('failed', messageOf(error)),
      )
    })
  }
}

/** A check that throws at once has failed as one that rejects has. */
async function start(check: CheckFunction, signal: AbortSignal): Promise<void> {
  if ((await check(signal)) === false) throw new Error('the check answered false')
}

function messageOf(error: unknown): string {
  const message = String(error instanceof Error ? error.message : error)
  return error === undefined ? 'the check rejected without an error' : message.slice(0, ERROR_LENGTH_MAX)
}
