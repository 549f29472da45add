import { checkReading } from '../findings/check-manifest.js'
import { readManifest } from '../reading/read-manifest.js'
import type { RefusedChange, WatchManifestOptions } from './watch-manifest-options.js'
import type { FileState, WatchPorts } from './watch-ports.js'

const limits = { debounceMs: 100, deadlineMs: 2_000, pollMs: 5_000 } as const

/** The watch itself: when to read, and what to make of what was read. */
export class ManifestWatcher {
  readonly #file: string
  readonly #options: WatchManifestOptions
  readonly #ports: WatchPorts
  readonly #times: { readonly [Key in keyof typeof limits]: number }
  #watcher: { close: () => void } | undefined
  #cancelRead: (() => void) | undefined
  #cancelPoll: (() => void) | undefined
  /** When the first change came that was not read yet. */
  #changedAt: number | undefined
  #missingSince: number | undefined
  /** A reading under way, or one that is overdue and has not come back. */
  #busy = false
  #identity: string | undefined
  #inForce: string | undefined
  /** The text last decided about, taken over or refused. */
  #seen: string | undefined
  /** The last complaint about a file that cannot be read, which is not repeated. */
  #complaint: string | undefined
  #closed = false

  constructor(file: string, options: WatchManifestOptions, ports: WatchPorts) {
    this.#file = file
    this.#options = options
    this.#ports = ports
    this.#inForce = options.text
    const times = Object.entries(limits).map(([name, otherwise]) => {
      const value = options[name as keyof typeof limits] ?? otherwise
      if (!(value >= 1))
        throw new RangeError(`cannot watch manifest: ${name} must be a number >= 1, got ${value}`)
      return [name, Math.min(value, 2_147_483_647)]
    })
    this.#times = Object.fromEntries(times) as Record<keyof typeof limits, number>
  }

  start(): void {
    const { signal } = this.#options
    if (signal?.aborted === true) {
      this.#closed = true
      return
    }
    signal?.addEventListener('abort', this.close, { once: true })
    this.#watch()
    this.#pollLater()
    this.#changed()
  }

  readonly close = (): void => {
    this.#closed = true
    this.#options.signal?.removeEventListener('abort', this.close)
    this.#watcher?.close()
    this.#cancelRead?.()
    this.#cancelPoll?.()
  }

  #watch(): void {
    try {
      const failed = (): void => {
        this.#watcher = undefined
      }
      this.#watcher = this.#ports.watch(this.#file, this.#changed, failed)
    } catch {
      // The folder is not there, or the system has no watches left: polling goes on and tries again.
      this.#watcher = undefined
    }
  }

  #pollLater(): void {
    this.#cancelPoll = this.#ports.after(this.#times.pollMs, () => {
      if (this.#watcher === undefined) this.#watch()
      if (this.#cancelRead === undefined) void this.#read(this.#identity)
      this.#pollLater()
    })
  }

  /** The file may have changed: read it when it has been quiet, or when it has not been for too long. */
  readonly #changed = (): void => {
    if (this.#closed) return
    const now = this.#ports.now()
    this.#changedAt ??= now
    const latest = this.#changedAt + this.#times.deadlineMs - now
    this.#cancelRead?.()
    this.#cancelRead = this.#ports.after(Math.max(0, Math.min(this.#times.debounceMs, latest)), () => {
      this.#cancelRead = undefined
      // While a reading is under way the change stays noted, and is read after it.
      if (this.#busy) return
      this.#changedAt = undefined
      void this.#read(undefined)
    })
  }

  async #read(known: string | undefined): Promise<void> {
    if (this.#busy || this.#closed) return
    this.#busy = true
    let overdue = false
    const cancel = this.#ports.after(this.#times.deadlineMs, () => {
      overdue = true
      this.#complain(`reading took longer than ${this.#times.deadlineMs} ms`, undefined)
    })
    try {
      const state = await this.#ports.read(this.#file, known)
      if (!this.#closed && !overdue) this.#decide(state)
    } catch (error) {
      if (!this.#closed && !overdue) this.#unreadable(error)
    } finally {
      cancel()
      this.#busy = false
      if (!this.#closed && (overdue || (this.#changedAt !== undefined && this.#cancelRead === undefined))) {
        this.#changed()
      }
    }
  }

  #decide(state: FileState | 'same'): void {
    this.#missingSince = undefined
    this.#complaint = undefined
    if (state === 'same') return
    this.#identity = state.identity
    if (state.text === this.#seen) return
    this.#seen = state.text
    if (state.text === this.#inForce) return
    const { profile } = this.#options
    const reading = profile?.read(state.text, this.#file) ?? readManifest(state.text, this.#file)
    const report = checkReading(reading)
    const broken = report.findings.find(
      ({ code, severity }) => severity === 'error' && code.startsWith('WT-DOC-'),
    )
    if (reading.system === undefined || broken !== undefined || reading.problems.length > 0) {
      const place = broken === undefined ? this.#file : `${broken.file}:${broken.line}`
      const why = broken?.message ?? reading.problems[0]?.message ?? 'it is not a manifest'
      this.#refuse({ message: `cannot take over ${place}: ${why}`, report, cause: undefined })
      return
    }
    try {
      this.#options.onChange(reading.system.model, report)
      this.#inForce = state.text
    } catch (cause) {
      this.#refuse({ message: `cannot take over ${this.#file}: ${describe(cause)}`, report, cause })
    }
  }

  #unreadable(error: unknown): void {
    this.#identity = undefined
    if ((error as { code?: unknown }).code === 'ENOENT') {
      // Between two steps of an editor there is no file for a moment.
      const now = this.#ports.now()
      this.#missingSince ??= now
      if (now - this.#missingSince < this.#times.deadlineMs) {
        this.#changed()
        return
      }
    }
    this.#complain(describe(error), error)
  }

  #complain(message: string, cause: unknown): void {
    if (this.#closed || this.#complaint === message) return
    this.#complaint = message
    this.#refuse({ message: `cannot read ${this.#file}: ${message}`, report: undefined, cause })
  }

  #refuse(refused: RefusedChange): void {
    try {
      this.#options.onRefused(refused)
    } catch (error) {
      // The one who listens is broken; the watch, and the manifest in force, must not be.
      process.emitWarning(`onRefused of a manifest's watch threw: ${describe(error)}`)
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
