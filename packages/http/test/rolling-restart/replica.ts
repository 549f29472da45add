import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('replica.mjs', import.meta.url))

const PROBE_PERIOD_MS = 250

/** A place for one process after the other, on one port. */
export class Replica implements AsyncDisposable {
  url: string = ''
  /** What its processes said, apart from their port. */
  readonly said: unknown[] = []
  readonly #probePeriodMs: number
  #process: ChildProcess | undefined = undefined
  #port: number = 0

  /** With how long probes may take to notice that it is not ready any more. */
  constructor(probePeriodMs: number = PROBE_PERIOD_MS) {
    this.#probePeriodMs = probePeriodMs
  }

  async start(): Promise<void> {
    this.#process = fork(program, [String(this.#port), String(this.#probePeriodMs)])
    const [{ port }] = (await once(this.#process, 'message')) as [{ port: number }]
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
    this.#process.on('message', (message) => this.said.push(message))
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Asks the process to end; answers whether it still runs. */
  signal(): boolean {
    return this.#process?.kill('SIGTERM') ?? false
  }

  /** The exit code, once the process has ended. */
  async exitCode(): Promise<number | null> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}
