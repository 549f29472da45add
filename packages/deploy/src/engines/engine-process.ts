import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineStartError } from './engine-errors.js'

const LINES_KEPT = 20
const POLL_MS = 50
const SILENT_MS = 1_000
/** After these it goes on, or stands still. */
const SURVIVED: ReadonlySet<NodeJS.Signals> = new Set(['SIGSTOP', 'SIGCONT', 'SIGHUP'])

export interface EngineProcessOptions {
  readonly engine: string
  readonly program: string
  readonly words: readonly string[]
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Whose rights it has; default ours. */
  readonly identity?: { readonly uid: number; readonly gid: number } | undefined
  /** What has it end well. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals
  /** Whether the process of this id works. */
  readonly isReady: (pid: number) => Promise<boolean>
  readonly startMs: number
  /** Hears each line that it writes. */
  readonly onLine?: ((line: string) => void) | undefined
}

/** A real server that runs in a process of its own. */
export interface RunningEngine {
  readonly pid: number
  readonly hasEnded: boolean
  /** How it has ended: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>
  isReady(): Promise<boolean>
  /** Has it end well, or ends it after `deadlineMs` (default 20 s). */
  stop(deadlineMs?: number): Promise<void>
  /** Ends it as `kill -9` does, or sends another signal: with `SIGSTOP` it stands still, and by `SIGHUP` it may read its files anew. */
  kill(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts an engine and waits until it works.
 *
 * @throws {EngineStartError} when it ends before, or takes longer than `startMs`
 */
export async function startEngineProcess(options: EngineProcessOptions): Promise<RunningEngine> {
  const { engine, startMs, isReady } = options
  const said: string[] = []
  const running = new EngineProcess(spawned(options, said), options)
  const deadline = performance.now() + startMs
  while (!(await isReady(running.pid))) {
    if (running.hasEnded) {
      await running.silent
      throw new EngineStartError(engine, `it ended at once (${await running.ended})`, said)
    }
    if (performance.now() > deadline) {
      await running.kill()
      throw new EngineStartError(engine, `it does not work within ${startMs / 1_000} s`, said)
    }
    await sleep(POLL_MS)
  }
  return running
}

function spawned(options: EngineProcessOptions, said: string[]): ChildProcess {
  const { program, words, cwd, environment, identity = {}, onLine } = options
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...environment },
    ...identity,
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n')
      rest = (lines.pop() ?? '').slice(-4_096)
      for (const line of lines) {
        said.push(line)
        if (said.length > LINES_KEPT) said.shift()
        onLine?.(line)
      }
    })
  }
  return child
}

class EngineProcess implements RunningEngine {
  readonly ended: Promise<string>
  /** Resolves when all that it wrote before its end is read, or what it has left behind keeps that from ending. */
  readonly silent: Promise<void>
  hasEnded = false
  readonly #child: ChildProcess
  readonly #options: EngineProcessOptions

  constructor(child: ChildProcess, options: EngineProcessOptions) {
    this.#child = child
    this.#options = options
    this.silent = new Promise((resolve) => {
      child.once('close', () => resolve())
      child.once('exit', () => setTimeout(resolve, SILENT_MS).unref())
    })
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.hasEnded = true
        resolve(how)
      }
      child.once('error', ({ message }) => end(message))
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code ?? '?'}`))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async isReady(): Promise<boolean> {
    return !this.hasEnded && (await this.#options.isReady(this.pid))
  }

  async stop(deadlineMs = 20_000): Promise<void> {
    if (this.hasEnded) return
    this.#child.kill(this.#options.stopSignal ?? 'SIGTERM')
    const limit = new AbortController()
    const isLate = sleep(deadlineMs, true, { signal: limit.signal }).catch(() => false)
    if (await Promise.race([this.ended.then(() => false), isLate])) await this.kill()
    limit.abort()
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.hasEnded) return
    this.#child.kill(signal)
    if (!SURVIVED.has(signal)) await this.ended
  }
}

/** Runs a program of an engine to its end. */
export async function runToEnd(options: Omit<EngineProcessOptions, 'isReady' | 'startMs'>): Promise<void> {
  const said: string[] = []
  const child = spawned({ ...options, isReady: async () => true, startMs: 0 }, said)
  const [code] = (await Promise.race([once(child, 'close'), once(child, 'error')])) as [unknown]
  if (code !== 0)
    throw new EngineStartError(options.engine, `${options.program} ended with ${String(code)}`, said)
}
