import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const GRACE_MS = 2_000

/** Where the commands of a drill run. */
export interface ShellPlace {
  /** The folder of the document. */
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Hears each line that they write. */
  readonly onLine: (line: string) => void
}

/** A command of the document, with all that it starts. */
export interface ShellCommand {
  /** Resolves to how it ended: undefined when well. Never rejects. */
  readonly ended: Promise<string | undefined>
  readonly hasEnded: boolean
  /** The last line that it wrote to standard output. */
  readonly lastLine: string
  /** Asks it to end, and ends it if it does not. */
  stop(): Promise<void>
}

export function runShell(command: string, { cwd, env, onLine }: ShellPlace): ShellCommand {
  // A group of its own, so that nothing of it is left behind.
  const child = spawn(command, { cwd, env, shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const running = { lastLine: '', hasEnded: false }
  const hear = (line: string): void => {
    if (line.trim() !== '') running.lastLine = line.trim()
    onLine(line)
  }
  createInterface({ input: child.stdout }).on('line', hear)
  createInterface({ input: child.stderr }).on('line', onLine)
  const ended = endOf(child).then((how) => {
    running.hasEnded = true
    return how
  })
  return {
    ended,
    get hasEnded() {
      return running.hasEnded
    },
    get lastLine() {
      return running.lastLine
    },
    stop: async () => {
      signalGroup(child, 'SIGTERM')
      await Promise.race([ended, sleep(GRACE_MS)])
      signalGroup(child, 'SIGKILL')
      await ended
    },
  }
}

async function endOf(child: ChildProcess): Promise<string | undefined> {
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return code === 0 ? undefined : (signal ?? `exit code ${code}`)
  } catch (error) {
    return (error as Error).message
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}
