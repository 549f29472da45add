import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const started: ChildProcess[] = []

/** A run of `npm start`, without the build. */
export interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  readonly errors: () => string
  readonly code: Promise<number | null>
}

export function start(...words: string[]): Run {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const code = once(child, 'close').then(([value]) => value as number | null)
  return { child, output: () => output, errors: () => errors, code }
}

/** Ends whatever still runs. */
export function killAll(): void {
  for (const child of started) child.kill('SIGKILL')
}
