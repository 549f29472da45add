import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { lastWordsOf } from './last-words.js'
import type { Program } from './programs.js'

const LOG_LINES_KEPT = 20

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One run of one service, from its start to its end. */
export class ServiceProcess {
  readonly startedAtMs: number = performance.now()
  /** Resolves when the process has ended; never rejects. */
  readonly ended: Promise<Ended>
  /** The last lines that it wrote, for whoever has to explain its end. */
  readonly lastLines: string[] = []
  /** What it said of its end, if it could. */
  lastWords: string | undefined
  readonly #child: ChildProcess
  #hasEnded = false

  constructor({ command, environment, isTalkative }: Program, log: (line: string) => void) {
    const [program, ...words] = command
    this.#child = spawn(program, words, {
      env: { ...process.env, ...environment },
      // Standard input stays open as long as this process lives: that is how the service learns of its end.
      stdio: ['pipe', isTalkative ? 'pipe' : 'ignore', 'pipe'],
      // A group of its own, so that Ctrl-C in the terminal reaches only the supervisor, which stops in order.
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        const lastWords = lastWordsOf(line)
        if (lastWords !== undefined) {
          this.lastWords = lastWords
          return
        }
        this.lastLines.push(line)
        if (this.lastLines.length > LOG_LINES_KEPT) this.lastLines.shift()
        log(line)
      })
    }
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => resolve({ code, signal })
      this.#child.once('error', () => {
        this.#hasEnded = true
        end(null, null)
      })
      this.#child.once('exit', () => (this.#hasEnded = true))
      // Not before all that it wrote is read: its last words say why it ended.
      this.#child.once('close', end)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Asks it to drain, and kills it when it has not ended after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), deadlineMs)
    await this.ended
    clearTimeout(timer)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** What it said itself, or else `exit code 1`, or `SIGKILL`. */
export function describeEnd({ code, signal }: Ended, lastWords: string | undefined): string {
  return lastWords ?? signal ?? (code === null ? 'it could not be started' : `exit code ${code}`)
}
