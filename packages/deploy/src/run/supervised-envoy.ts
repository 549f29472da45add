import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { writeConfiguration } from '../files/write-configuration.js'
import type { EnvoyConfiguration } from '../targets/envoy/compile-envoy.js'
import { EnvoyAdmin } from './envoy-admin.js'
import { EnvoyMissingError, EnvoyStartError } from './envoy-errors.js'
import { startEnvoy } from './envoy-process.js'
import { locateProgram } from './locate-program.js'

export interface SupervisionOptions {
  /** Where its files are: those that the configuration was compiled for. */
  readonly folder: string
  readonly adminPort: number
  /** Default: one that is found in the folder for engines, else on `PATH`. */
  readonly program?: string | undefined
  readonly workers?: number | undefined
  /** How long requests under way have when it is stopped, in milliseconds. Default 30000. */
  readonly drainMs?: number | undefined
  /** How long it may take to get ready, or to take up a change, in milliseconds. Default 30000. */
  readonly readyMs?: number | undefined
  /** Told of what it writes: the access log on `out`. */
  readonly onLine?: ((line: string, stream: 'out' | 'err') => void) | undefined
  /** Told when it has ended by itself, and when it is started again. */
  readonly onRestart?: ((reason: string, inMs: number) => void) | undefined
}

const LIMIT_MS = 30_000
const POLL_MS = 20
const KILL_MS = 2_000
const BACKOFF = { firstMs: 100, longestMs: 10_000 }
/** Whoever has run for so long begins with the shortest wait again. */
const HEALTHY_MS = 60_000
const WORDS_KEPT = 5

/**
 * A running Envoy: started and waited for, given changes, started again when it dies, and drained when it is stopped.
 *
 * @throws {EnvoyMissingError} when there is no such program
 */
export class SupervisedEnvoy {
  readonly #options: SupervisionOptions
  readonly #program: string
  readonly #admin: EnvoyAdmin
  #child: ChildProcess | undefined
  #bootstrap: string = ''
  #words: readonly string[] = []
  /** Whether it is to be started again when it ends. */
  #isKept: boolean = false
  #deaths: number = 0
  #restart: NodeJS.Timeout | undefined

  constructor(options: SupervisionOptions) {
    const program = options.program ?? locateProgram('envoy')
    if (program === undefined) throw new EnvoyMissingError()
    this.#program = program
    this.#options = options
    this.#admin = new EnvoyAdmin(options.adminPort)
  }

  /** Its process; undefined while it is not running. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /**
   * Starts it, and settles when it takes requests.
   *
   * @throws {EnvoyStartError} when it does not get that far
   */
  async start(configuration: EnvoyConfiguration): Promise<void> {
    this.#bootstrap = (await writeConfiguration(this.#options.folder, configuration)).bootstrap
    this.#spawn()
    const { readyMs = LIMIT_MS } = this.#options
    await this.#until(async () => this.#child === undefined || (await this.#admin.isReady()), readyMs)
    if (this.#child !== undefined && (await this.#admin.isReady())) {
      this.#isKept = true
      return
    }
    const reason = this.#child === undefined ? 'it ended at once' : `it is not ready after ${readyMs} ms`
    await this.#end()
    throw new EnvoyStartError(reason, this.#words)
  }

  /**
   * Puts a change in force. `refused` when Envoy does not take it: then it goes on with what it had, and its own words
   * say why. `restart` when something has changed that it reads only at its start.
   */
  async apply(configuration: EnvoyConfiguration): Promise<'in-force' | 'refused' | 'restart'> {
    const before = await this.#admin.refused()
    const { restart } = await writeConfiguration(this.#options.folder, configuration, async (files) => {
      await this.#until(
        async () => (await this.#admin.isInForce({ files })) && (await this.#admin.isWarm()),
        this.#options.readyMs ?? LIMIT_MS,
      )
    })
    let isTaken = false
    await this.#until(async () => {
      isTaken = await this.#admin.isInForce(configuration)
      return isTaken || (await this.#admin.refused()) > before
    }, this.#options.readyMs ?? LIMIT_MS)
    if (!isTaken) return 'refused'
    return restart ? 'restart' : 'in-force'
  }

  /** Takes nothing new, lets what is under way end, and ends. */
  async stop(): Promise<void> {
    this.#isKept = false
    clearTimeout(this.#restart)
    await this.#admin.drain().catch(() => undefined)
    const isIdle = async (): Promise<boolean> =>
      this.#child === undefined || (await this.#admin.requestsUnderWay()) === 0
    await this.#until(isIdle, this.#options.drainMs ?? LIMIT_MS)
    await this.#end()
  }

  #spawn(): void {
    const { workers, onLine } = this.#options
    const startedAt = performance.now()
    const child = startEnvoy({
      program: this.#program,
      bootstrap: this.#bootstrap,
      workers,
      onLine: (line, stream) => {
        if (stream === 'err') this.#words = [...this.#words.slice(1 - WORDS_KEPT), line]
        onLine?.(line, stream)
      },
    })
    this.#child = child
    child.once('error', ({ message }) => {
      this.#words = [message]
    })
    child.once('close', (code, signal) => {
      this.#child = undefined
      if (!this.#isKept) return
      if (performance.now() - startedAt > HEALTHY_MS) this.#deaths = 0
      const inMs = Math.min(BACKOFF.longestMs, BACKOFF.firstMs * 2 ** this.#deaths)
      this.#deaths += 1
      this.#options.onRestart?.(signal === null ? `code ${code}` : `signal ${signal}`, inMs)
      this.#restart = setTimeout(() => this.#spawn(), inMs)
    })
  }

  /** Ends it, and not by asking alone. */
  async #end(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_MS)
    await ended
    clearTimeout(timer)
  }

  /** Asks until it is so, or the time is over. Who does not answer is asked again. */
  async #until(holds: () => Promise<boolean>, limitMs: number): Promise<void> {
    const until = performance.now() + limitMs
    while (!(await holds().catch(() => false)) && performance.now() < until) await pause(POLL_MS)
  }
}
