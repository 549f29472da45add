import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT_DATA_FOLDER, EXIT_PORT_TAKEN } from '../command-line/exit.js'
import { proxyNames, type ProcessName, type ProxyName } from '../services/names.js'
import { Liveness } from './liveness.js'
import type { Program } from './programs.js'
import { RestartBackoff } from './restart-backoff.js'
import { describeEnd, ServiceProcess } from './service-process.js'

const READY_POLL_MS = 25
const READY_PROBE_MS = 1_000
const LIVE_POLL_MS = 500
const LIVE_PROBE_MS = 2_000
/** More than any service takes to drain. */
const STOP_MS = 20_000

/** A service that did not come up. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code = 'ORDERS_START'
  readonly exitCode: number | undefined

  /** `exitCode` is the one of the service, when that says more than that it failed. */
  constructor(message: string, exitCode?: number) {
    super(message)
    this.exitCode = exitCode
  }
}

/** One service kept running: started, waited for, restarted when it dies or hangs, stopped. */
export class SupervisedService {
  readonly name: ProcessName
  readonly url: string
  restarts = 0
  /** How often it ran but did nothing any more, and was killed for that. */
  hangs = 0
  readonly #program: Program
  readonly #say: (line: string) => void
  readonly #backoff = new RestartBackoff()
  readonly #stopping = new AbortController()
  #process: ServiceProcess | undefined
  #keeping: Promise<void> | undefined
  /** Since when it is away, until it is ready again. */
  #awaySinceMs: number | undefined
  #isHung = false
  /** The `#awaySinceMs` whose crash loop has been told. */
  #crashLoopTold: number | undefined

  /** `say` hears what there is to say about it, a line at a time. */
  constructor(program: Program, say: (line: string) => void) {
    this.name = program.name
    this.url = program.url
    this.#program = program
    this.#say = say
  }

  /** Whether it needs the certificates of the shop. */
  get isProxy(): boolean {
    return proxyNames.includes(this.name as ProxyName)
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Starts it and resolves once it is ready; from then on it is restarted whenever it ends. */
  async start(deadlineMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) throw new StartError(`cannot start ${this.name}: it is being stopped`)
    const process = this.#spawn()
    if (!(await this.#isReadyWithin(deadlineMs, process))) {
      const ended = process.hasEnded ? await process.ended : undefined
      process.kill()
      const how =
        ended === undefined
          ? `it was not ready within ${deadlineMs / 1_000} s`
          : describeEnd(ended, process.lastWords)
      const message = [`cannot start ${this.name}: ${how}`, ...process.lastLines].join('\n  ')
      const code = ended?.code
      throw new StartError(message, code === EXIT_PORT_TAKEN || code === EXIT_DATA_FOLDER ? code : undefined)
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
    const process = new ServiceProcess(this.#program, (line) => this.#say(`${this.name} | ${line}`))
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
      this.#announce(describeEnd(ended, process.lastWords), delayMs, crashLoop)
      await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
      if (this.#stopping.signal.aborted) return
      this.restarts += 1
      process = this.#spawn()
      void this.#tellReturn(process)
    }
  }

  /** Kills a process that has stopped answering; whoever waits for its end starts it again. */
  async #watch(process: ServiceProcess): Promise<void> {
    const liveness = new Liveness()
    for (;;) {
      await sleep(LIVE_POLL_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
      const answers = await this.#answers(this.#program.probes.live, LIVE_PROBE_MS)
      // A process that drains, or has ended, is not expected to answer.
      if (process.hasEnded || this.#stopping.signal.aborted) return
      if (liveness.probed(answers, performance.now() - process.startedAtMs)) break
    }
    this.hangs += 1
    this.#isHung = true
    process.kill()
  }

  async #answers(path: string, limitMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(limitMs)
    const answer = await fetch(this.url + path, { signal }).catch(() => undefined)
    await answer?.body?.cancel()
    return answer?.ok === true
  }

  /** Says what happened and what is done about it: once for each series of deaths, since more says nothing more. */
  #announce(how: string, delayMs: number, crashLoop: boolean): void {
    const { name } = this
    const { log } = this.#program
    const isHung = this.#isHung
    this.#isHung = false
    if (this.#awaySinceMs === undefined) {
      this.#awaySinceMs = performance.now()
      const what = isHung ? 'hangs (three probes of its health failed), is killed' : `died (${how})`
      this.#say(`${name} ${what} and started again`)
    } else if (crashLoop && this.#crashLoopTold !== this.#awaySinceMs) {
      this.#crashLoopTold = this.#awaySinceMs
      const see = log === undefined ? '' : `; see ${log}`
      this.#say(`${name} keeps dying (${how}): it is tried every ${delayMs / 1_000} s or so${see}`)
    }
  }

  async #tellReturn(process: ServiceProcess): Promise<void> {
    while (!process.hasEnded && !this.#stopping.signal.aborted) {
      if (await this.#answers(this.#program.probes.ready, READY_PROBE_MS)) {
        const seconds = (performance.now() - (this.#awaySinceMs ?? performance.now())) / 1_000
        this.#awaySinceMs = undefined
        this.#say(`${this.name} is back after ${seconds.toFixed(1)} s`)
        return
      }
      await sleep(READY_POLL_MS)
    }
  }

  async #isReadyWithin(deadlineMs: number, process: ServiceProcess): Promise<boolean> {
    const end = performance.now() + deadlineMs
    while (performance.now() < end && !process.hasEnded) {
      if (await this.#answers(this.#program.probes.ready, READY_PROBE_MS)) return true
      await sleep(READY_POLL_MS)
    }
    return false
  }
}
