import { setTimeout as sleep } from 'node:timers/promises'
import { RecentLines } from '../logs/recent-lines.js'
import type { Program } from '../plan/program.js'
import { askAgainAfter } from '../readiness/ask-again-after.js'
import { mendOf, troubleOf } from '../readiness/probe.js'
import { Liveness } from '../restarts/liveness.js'
import { RestartBackoff } from '../restarts/restart-backoff.js'
import type { ProgramState, ProgramStatus } from '../system/program-status.js'
import type { RunEvent } from '../system/run-event.js'
import type { GroupGuard } from './group-guard.js'
import { describeEnd, ProcessRun } from './process-run.js'

const READY_PROBE_MS = 1_000
const LIVE_POLL_MS = 500
const LIVE_PROBE_MS = 2_000
const SLOW_MS = 10_000
/** Files of a database that are not there yet are made first. */
const STORE_SLOW_MS = 60_000
const LINES_KEPT = 1_000
/** A change of a run goes on after so long, whatever has become of the program. */
const SETTLED_MS = 60_000

/** One program kept running: started, waited for, restarted when it dies or hangs, stopped. */
export class SupervisedProgram {
  readonly program: Program
  readonly lines: RecentLines = new RecentLines(LINES_KEPT)
  state: ProgramState = 'stopped'
  restarts = 0
  readonly #guard: GroupGuard
  readonly #tell: (event: RunEvent) => void
  #backoff = new RestartBackoff()
  #stopping = new AbortController()
  #run: ProcessRun | undefined
  #keeping: Promise<void> | undefined
  /** Hears each line that it writes. */
  #hear = (_line: string): void => {}
  #firstReady: Promise<void> = Promise.resolve()
  #crashLoops: Promise<void> = Promise.resolve()
  #onCrashLoop = (): void => {}
  /** Since when it is away that had been ready. */
  #awaySinceMs: number | undefined
  /** Why it is being killed. */
  #trouble: string | undefined

  constructor(program: Program, guard: GroupGuard, tell: (event: RunEvent) => void) {
    this.program = program
    this.#guard = guard
    this.#tell = tell
  }

  get pid(): number | undefined {
    return this.#run?.hasEnded === false ? this.#run.pid : undefined
  }

  /** How it is at the moment, for whoever asks. */
  get status(): ProgramStatus {
    const { name, kind, service, port, admin } = this.program
    const { state, pid, restarts, upForMs } = this
    return {
      name,
      kind,
      service,
      state,
      pid: pid ?? null,
      port,
      admin: admin ?? null,
      restarts,
      upForMs: upForMs === undefined ? null : Math.round(upForMs),
    }
  }

  /** Milliseconds since its process was started; undefined when there is none. */
  get upForMs(): number | undefined {
    return this.#run?.hasEnded === false ? performance.now() - this.#run.startedAtMs : undefined
  }

  /** Starts it and keeps it running until it is stopped. Resolves once it has been ready for the first time, or is stopped. */
  async start(): Promise<void> {
    if (this.#keeping !== undefined) return await this.#firstReady
    this.#stopping = new AbortController()
    this.#awaySinceMs = undefined
    this.#crashLoops = new Promise((resolve) => (this.#onCrashLoop = resolve))
    this.#backoff = new RestartBackoff()
    const { signal } = this.#stopping
    this.#firstReady = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
      this.#keeping = this.#keepRunning(signal, resolve)
    })
    await this.#firstReady
  }

  /**
   * Starts it, and resolves once it is known what has become of it: whether it is ready, and not ended again and again,
   * stopped, or still starting after a minute.
   */
  async settled(): Promise<boolean> {
    const started = this.start()
    const waited = new AbortController()
    const { signal } = waited
    await Promise.race([started, this.#crashLoops, sleep(SETTLED_MS, undefined, { signal }).catch(() => {})])
    waited.abort()
    return this.state === 'ready'
  }

  /**
   * Has a gateway start itself anew while it goes on taking requests: it hears SIGUSR2, and says when others have taken the place of
   * what answered before. Resolves to whether they have; where they cannot start, those before go on.
   */
  async replaceInPlace(): Promise<boolean> {
    const { pid } = this
    if (pid === undefined) return await this.settled()
    const startedAt = performance.now()
    const waited = new AbortController()
    const { signal } = waited
    const said = new Promise<boolean>((resolve) => {
      this.#hear = (line) => {
        if (line.startsWith('ready: ')) resolve(true)
        else if (line.startsWith('cannot restart')) resolve(false)
      }
    })
    process.kill(pid, 'SIGUSR2')
    const ended = this.#run?.ended.then(() => false) ?? false
    const late = sleep(SETTLED_MS, false, { signal }).catch(() => false)
    const isReplaced = await Promise.race([said, ended, late])
    waited.abort()
    this.#hear = () => {}
    const seconds = (performance.now() - startedAt) / 1_000
    if (isReplaced) this.#tell({ kind: 'replaced', program: this.program.name, seconds })
    return isReplaced
  }

  /** Lets it drain; kills it if that takes too long. */
  async stop(): Promise<void> {
    if (this.#keeping === undefined) return
    this.state = 'stopping'
    this.#tell({ kind: 'stopping', program: this.program.name })
    this.#stopping.abort()
    const ended = this.#run?.hasEnded === false ? await this.#run.stop(this.program.drainMs) : undefined
    await this.#keeping
    this.#keeping = undefined
    this.state = 'stopped'
    const how = ended === undefined ? 'it was not running' : describeEnd(ended)
    this.#tell({ kind: 'stopped', program: this.program.name, how })
  }

  /** Ends it now. */
  async kill(): Promise<void> {
    this.#stopping.abort()
    this.#run?.kill()
    await this.#keeping
    this.#keeping = undefined
    this.state = 'stopped'
  }

  async #keepRunning(signal: AbortSignal, onReady: () => void): Promise<void> {
    const { name } = this.program
    for (;;) {
      const run = this.#spawn()
      void this.#followReadiness(run, signal, onReady)
      const ended = await run.ended
      if (signal.aborted) return
      const { delayMs, crashLoop } = this.#backoff.exited(performance.now() - run.startedAtMs)
      const how = describeEnd(ended)
      if (this.state === 'ready') this.#awaySinceMs = performance.now()
      if (crashLoop && this.state !== 'crash-loop')
        this.#tell({ kind: 'crash-loop', program: name, how, delayMs, lines: run.lines.last(10) })
      else if (this.#trouble !== undefined) this.#tell({ kind: 'hung', program: name, how: this.#trouble })
      else if (!crashLoop) this.#tell({ kind: 'died', program: name, how, delayMs })
      this.#trouble = undefined
      this.state = crashLoop ? 'crash-loop' : 'restarting'
      if (crashLoop) this.#onCrashLoop()
      await sleep(delayMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      this.restarts += 1
    }
  }

  #spawn(): ProcessRun {
    const { name, port } = this.program
    const run = new ProcessRun(this.program, this.#guard, (line) => {
      this.lines.add(line)
      this.#hear(line)
      this.#tell({ kind: 'log', program: name, line })
    })
    this.#run = run
    if (this.state !== 'crash-loop') {
      this.state = 'starting'
      this.#tell({ kind: 'started', program: name, pid: run.pid, port })
    }
    return run
  }

  async #followReadiness(run: ProcessRun, signal: AbortSignal, onReady: () => void): Promise<void> {
    const over = () => run.hasEnded || signal.aborted
    // That it runs is all that is known of it: one that ends at once has never been ready.
    if (this.program.probe.kind === 'none')
      await sleep(this.#backoff.provenAfterMs, undefined, { signal }).catch(() => {})
    const { kind } = this.program
    const slowMs = kind === 'store' || kind === 'engine' ? STORE_SLOW_MS : SLOW_MS
    let isSlow = false
    for (;;) {
      const trouble = await troubleOf(this.program.probe, 'ready', READY_PROBE_MS)
      if (over()) return
      if (trouble === undefined) break
      const upForMs = performance.now() - run.startedAtMs
      if (upForMs > slowMs && !isSlow) {
        isSlow = true
        const mend = await mendOf(this.program.probe, READY_PROBE_MS)
        if (over()) return
        const how = mend === undefined ? trouble : `${trouble}; ${mend}`
        this.#tell({ kind: 'slow', program: this.program.name, seconds: upForMs / 1_000, how })
      }
      await sleep(askAgainAfter(upForMs))
    }
    this.state = 'ready'
    const away = this.#awaySinceMs
    this.#awaySinceMs = undefined
    const seconds = (performance.now() - (away ?? run.startedAtMs)) / 1_000
    this.#tell({ kind: away === undefined ? 'ready' : 'back', program: this.program.name, seconds })
    onReady()
    await this.#watch(run, signal)
  }

  /** Kills a process that has stopped answering; whoever waits for its end starts it again. */
  async #watch(run: ProcessRun, signal: AbortSignal): Promise<void> {
    const liveness = new Liveness()
    for (;;) {
      await sleep(LIVE_POLL_MS, undefined, { signal }).catch(() => {})
      const trouble = await troubleOf(this.program.probe, 'live', LIVE_PROBE_MS)
      // A process that drains, or has ended, is not expected to answer.
      if (run.hasEnded || signal.aborted) return
      if (!liveness.probed(trouble === undefined)) continue
      this.#trouble = trouble
      return run.kill()
    }
  }
}
