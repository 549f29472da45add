import { engineNames } from '@watertight/deploy'
import { describeEvent, type RunEvent } from '@watertight/supervisor'
import { processName, type ProcessName } from '../services/names.js'
import { StartError } from './start-error.js'

export interface ToldOptions {
  /** Hears of each process that is ready, and after how many seconds. */
  readonly onReady?: (name: ProcessName, seconds: number) => void
  /** Hears what there is to say about the processes, a line at a time. */
  readonly say: (line: string) => void
}

/** What the run has told so far, for whoever looks at the terminal. */
export class Told {
  hangs = 0
  /** Before, it is told only what is ready; from then on, only what is not. */
  isOpen = false
  /** Rejects when a process keeps ending before the shop is open. */
  readonly failed: Promise<never>
  readonly #options: ToldOptions
  readonly #startedAt = performance.now()
  #fail: (error: StartError) => void = () => {}

  constructor(options: ToldOptions) {
    this.#options = options
    this.failed = new Promise((_resolve, reject) => (this.#fail = reject))
    // It may come when nobody waits for it any more.
    this.failed.catch(() => {})
  }

  hear(event: RunEvent): void {
    const { say, onReady = () => {} } = this.#options
    if (event.kind === 'hung') this.hangs += 1
    if (!('program' in event)) return
    const line = `${event.program} | ${describeEvent(event)}`
    switch (event.kind) {
      case 'ready':
        if (!this.isOpen) onReady(processName(event.program), (performance.now() - this.#startedAt) / 1_000)
        return
      case 'crash-loop':
        if (!this.isOpen) return this.#fail(new StartError(`cannot open the shop: ${line}`))
        return say(line)
      case 'log':
        // A proxy writes where it listens, and a database or an engine much more: that is told by who looks at them.
        return isQuiet(event.program) ? undefined : say(line)
      case 'died':
      case 'hung':
      case 'back':
      case 'replaced':
      case 'slow':
        return say(line)
      case 'started':
      case 'stopping':
      case 'stopped':
    }
  }
}

function isQuiet(program: string): boolean {
  return /-sidecar$|-store$|^gateway$/.test(program) || engineNames.some((name) => name === program)
}
