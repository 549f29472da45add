import type { FileState, WatchPorts } from '../src/watch/watch-ports.js'

interface Timer {
  readonly at: number
  readonly action: () => void
}

/** A file and a clock in memory. Time passes only in `pass`. */
export class VirtualFile {
  /** What reading gives: a text, or an error. */
  content: string | Error
  reads = 0
  /** Readings that have not come back. */
  readingsAtOnce = 0
  /** While set, a reading does not come back. */
  hangs = false
  watchers = 0
  /** While set, no watch can be started. */
  unwatchable = false
  #now = 0
  #version = 0
  #timers: Timer[] = []
  #notify: (() => void) | undefined
  #failed: (() => void) | undefined
  #resume: (() => void) | undefined

  constructor(content: string | Error) {
    this.content = content
  }

  readonly ports: WatchPorts = {
    now: () => this.#now,
    after: (ms, action) => {
      const timer = { at: this.#now + ms, action }
      this.#timers.push(timer)
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      }
    },
    watch: (_file, notify, failed) => {
      if (this.unwatchable) throw new Error('no watches left')
      this.watchers += 1
      this.#notify = notify
      this.#failed = failed
      return {
        close: () => {
          this.watchers -= 1
          this.#notify = undefined
        },
      }
    },
    read: async (_file, known): Promise<FileState | 'same'> => {
      this.reads += 1
      this.readingsAtOnce += 1
      if (this.hangs) {
        await new Promise<void>((resolve) => {
          this.#resume = resolve
        })
      }
      this.readingsAtOnce -= 1
      if (this.content instanceof Error) throw this.content
      const identity = String(this.#version)
      return identity === known ? 'same' : { identity, text: this.content }
    },
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Changes the file, and tells of it unless asked not to. */
  write(content: string | Error, tell = true): void {
    this.content = content
    this.#version += 1
    if (tell) this.#notify?.()
  }

  /** The file system stops telling about changes. */
  breakWatch(): void {
    this.watchers -= 1
    this.#notify = undefined
    this.#failed?.()
  }

  async resumeReading(): Promise<void> {
    this.hangs = false
    this.#resume?.()
    await this.pass(0)
  }

  /** Lets time pass, timer by timer, with all that follows from each. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#now = due.at
      due.action()
      await settled()
    }
    this.#now = end
  }
}

/** Lets every promise that can settle without time passing settle. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

export function missing(): Error {
  return Object.assign(new Error('no such file'), { code: 'ENOENT' })
}
