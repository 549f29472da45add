import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { LineSplitter } from '../logs/line-splitter.js'
import { RecentLines } from '../logs/recent-lines.js'
import type { Program } from '../plan/program.js'
import type { GroupGuard } from './group-guard.js'
import { leftBehind, MARK } from './left-behind.js'

const LINES_KEPT = 20

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why it could not be started at all. */
  readonly failure?: Error
}

/** One run of one program, from its start to its end: a process, and all that it starts itself. */
export class ProcessRun {
  readonly startedAtMs: number = performance.now()
  /** Resolves when the process has ended and all that it wrote is read; never rejects. */
  readonly ended: Promise<Ended>
  /** The last lines that it wrote. */
  readonly lines: RecentLines = new RecentLines(LINES_KEPT)
  readonly #child: ChildProcess
  #hasEnded = false
  #isStopping = false

  constructor(program: Program, guard: GroupGuard, log: (line: string) => void) {
    const { command, folder, environment } = program
    const mark = randomUUID()
    const options = {
      cwd: folder,
      env: { ...process.env, ...environment, [MARK]: mark },
      stdio: ['ignore', 'pipe', 'pipe'] satisfies ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C in the terminal reaches only the supervisor, which stops in order, and a signal to the
      // group reaches what a shell or npm has started.
      detached: true,
    }
    this.#child =
      typeof command === 'string'
        ? spawn(shellLine(command), { ...options, shell: true })
        : spawn(command[0], command.slice(1), options)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      const splitter = new LineSplitter((line) => {
        this.lines.add(line)
        log(line)
      })
      stream?.on('data', (bytes: Buffer) => splitter.push(bytes)).on('end', () => splitter.end())
    }
    const { pid } = this.#child
    if (pid !== undefined) guard.add(pid, mark)
    this.ended = new Promise((resolve) => {
      const end = async (ended: Ended) => {
        this.#hasEnded = true
        if (pid !== undefined) {
          // A shell ends at once where what it has started still drains.
          while (this.#isStopping && tell(-pid, 0)) await sleep(GROUP_POLL_MS)
          // What it has left behind goes with it, in its group and out of it.
          tell(-pid, 'SIGKILL')
          for (const id of leftBehind(mark)) tell(id, 'SIGKILL')
          guard.remove(pid)
        }
        resolve(ended)
      }
      this.#child.once('error', (failure) => void end({ code: null, signal: null, failure }))
      this.#child.once('exit', (code, signal) => {
        this.#hasEnded = true
        // What it has left running may hold its output open for ever.
        const give = setTimeout(() => void end({ code, signal }), OUTPUT_MS)
        this.#child.once('close', () => {
          clearTimeout(give)
          void end({ code, signal })
        })
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Asks it to drain, and kills it when it has not ended after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<Ended> {
    this.#isStopping = true
    this.#signal('SIGTERM')
    const timer = setTimeout(() => this.kill(), deadlineMs)
    const ended = await this.ended
    clearTimeout(timer)
    return ended
  }

  kill(): void {
    this.#signal('SIGKILL')
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined && (!this.#hasEnded || this.#isStopping)) tell(-this.pid, signal)
  }
}

const OUTPUT_MS = 1_000
const GROUP_POLL_MS = 20
/** With these the shell itself does something. */
const SHELL_WORDS: ReadonlySet<string> = new Set(
  '. case cd command eval exec exit export for if set source test trap ulimit umask until while'.split(' '),
)

/** Whether somebody was left to hear it; a group is told by a negative number. */
function tell(id: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(id, signal)
    return true
  } catch {
    return false
  }
}

/** Where the line is one program and its words, that program takes the place of the shell, and its end is reported as it is. */
function shellLine(command: string): string {
  if (SHELL_WORDS.has(/^\S*/.exec(command)?.[0] ?? '')) return command
  return /^[\w./@${}:-]+(\s[^;&|<>()`]*)?$/.test(command) ? `exec ${command}` : command
}

/** `exit code 1`, `SIGKILL`, `spawn nodee ENOENT`. */
export function describeEnd({ code, signal, failure }: Ended): string {
  return failure?.message ?? signal ?? (code === null ? 'it could not be started' : `exit code ${code}`)
}
