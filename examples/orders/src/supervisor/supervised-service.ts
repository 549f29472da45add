import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT_PORT_TAKEN } from '../command-line/exit-codes.js'
import type { ServiceName } from '../services/names.js'
import { Liveness } from './liveness.js'
import { RestartBackoff } from './restart-backoff.js'
import { describeEnd, ServiceProcess, type Ended } from './service-process.js'

const READY_POLL_MS = 50
const READY_PROBE_MS = 1_000
const LIVE_POLL_MS = 500
const LIVE_PROBE_MS = 2_000
/** More than any service takes to drain. */
const STOP_MS = 20_000

/** A service that did not come up. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code = 'ORDERS_START'
  readonly portTaken: boolean

  constructor(message: string, portTaken: boolean = false) {
    super(message)
    this.portTaken = portTaken
  }
}

/** One service kept running: started, waited for, restarted when it dies or hangs, stopped. */
export class SupervisedService {
  readonly name: ServiceName
  readonly url: string
  restarts = 0
  /** How often it ran but did nothing any more, and was killed for that. */
  hangs = 0
  readonly #environment: Record<string, string>
  readonly #say: (line: string) => void
  readonly #backoff = new RestartBackoff()
  readonly #stopping = new AbortController()
  #process: ServiceProcess | undefined
  #keeping: Promise<void> | undefined

  constructor(
    name: ServiceName,
    url: string,
    environment: Record<string, string>,
    say: (line: string) => void,
  ) {
    this.name = name
    this.url = url
    this.#environment = environment
    this.#say = say
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Starts it and resolves once it is ready; from then on it is restarted whenever it ends. */
  async start(deadlineMs: number): Promise<void> {
    const process = this.#spawn()
    if (!(await this.#isReadyWithin(deadlineMs, process))) {
      const ended = process.hasEnded ? await process.ended : undefined
      process.kill()
      const how = ended === undefined ? `it was not ready within ${deadlineMs / 1_000} s` : describeEnd(ended)
      const message = [`cannot start ${this.name}: ${how}`, ...process.lastLines].join('\n  ')
      throw new StartError(message, ended?.code === EXIT_PORT_TAKEN)
    }
    this.#keeping = this.#keepRunning(process)
  }

  /** Lets it drain; kills it if that takes too long. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#process?.stop(STOP_MS)
    await this.#keeping
  }

  /** Ends it now. */
  async kill(): Promise<void> {
    this.#stopping.abort()
    this.#process?.kill()
    await this.#process?.ended
  }

  #spawn(): ServiceProcess {
    const process = new ServiceProcess(this.name, this.#environment, (line) =>
      this.#say(`${this.name} | ${line}`),
    )
    this.#process = process
    return process
  }

  async #keepRunning(first: ServiceProcess): Promise<void> {
    let process = first
    for (;;) {
      void this.#watch(process)
      const ended = await process.ended
      if (this.#stopping.signal.aborted) return
      const { delayMs, crashLoop } = this.#backoff.exited(performance.now() - process.startedAtMs)
      this.#announce(ended, delayMs, crashLoop)
      await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
      if (this.#stopping.signal.aborted) return
      this.restarts += 1
      process = this.#spawn()
    }
  }

  /** Kills a process that has stopped answering; whoever waits for its end starts it again. */
  async #watch(process: ServiceProcess): Promise<void> {
    const liveness = new Liveness()
    for (;;) {
      await sleep(LIVE_POLL_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
      const answers = await this.#answers('/healthz', LIVE_PROBE_MS)
      // A process that drains, or has ended, is not expected to answer.
      if (process.hasEnded || this.#stopping.signal.aborted) return
      if (liveness.probed(answers, performance.now() - process.startedAtMs)) break
    }
    this.hangs += 1
    this.#say(`${this.name} HANGS: it runs but does not answer, so it is killed`)
    process.kill()
  }

  async #answers(path: string, limitMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(limitMs)
    const answer = await fetch(this.url + path, { signal }).catch(() => undefined)
    await answer?.body?.cancel()
    return answer?.ok === true
  }

  #announce(ended: Ended, delayMs: number, crashLoop: boolean): void {
    this.#say(`${this.name} died (${describeEnd(ended)}), starting again in ${delayMs} ms`)
    if (crashLoop) this.#say(`${this.name} IS IN A CRASH LOOP: it dies again and again; see its lines above`)
  }

  async #isReadyWithin(deadlineMs: number, process: ServiceProcess): Promise<boolean> {
    const end = performance.now() + deadlineMs
    while (performance.now() < end && !process.hasEnded) {
      if (await this.#answers('/readyz', READY_PROBE_MS)) return true
      await sleep(READY_POLL_MS)
    }
    return false
  }
}
