import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * A process that ends all groups of processes, and what has left them, when the supervisor itself is gone, even by SIGKILL:
 * nothing of a run is left behind that would hold its ports.
 */
export class GroupGuard {
  readonly #child: ChildProcess

  constructor() {
    const program = fileURLToPath(new URL('./guard/main.js', import.meta.url))
    this.#child = spawn(process.execPath, [program], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    // Without it a run is as good as before; only its sudden end leaves something behind.
    this.#child.on('error', () => {})
    this.#child.stdin?.on('error', () => {})
    this.#child.unref()
    const stdin = this.#child.stdin as { unref?: () => void } | null
    stdin?.unref?.()
  }

  /** The id of its process. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** `mark` is what all processes of the group bear, and all that they start. */
  add(group: number, mark: string): void {
    this.#child.stdin?.write(`+${group} ${mark}\n`)
  }

  remove(group: number): void {
    this.#child.stdin?.write(`-${group}\n`)
  }

  /** Ends it; it then ends what is still in its list. */
  close(): void {
    this.#child.stdin?.end()
  }
}
