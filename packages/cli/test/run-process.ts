import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

/** The program as users start it. */
export const PROGRAM: string = fileURLToPath(new URL('../bin/watertight.cjs', import.meta.url))

// Starting processes on a busy machine takes longer than a unit test may.
vi.setConfig({ testTimeout: 60_000 })

/** A program that runs longer than this hangs. */
const DEADLINE_MS = 30_000

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly cwd: string
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the built program in a process of its own. */
export function watertight(words: readonly string[], options: RunOptions): Promise<Ended> {
  return runProcess(process.execPath, [PROGRAM, ...words], options)
}

export function runProcess(
  command: string,
  words: readonly string[],
  { cwd, input = '', env = {} }: RunOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env
    const child = spawn(command, words, {
      cwd,
      env: { ...inherited, ...env },
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    // A program that reads no input may be gone before it was written.
    child.stdin.on('error', () => undefined).end(input)
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, out, err })
    })
  })
}

/** Runs a test in a folder of its own that holds these files; a name that ends with `!` is a program. */
export async function inFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name.replace(/!$/, ''))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text, { mode: name.endsWith('!') ? 0o755 : 0o644 })
    }
    await work(folder)
  } finally {
    // What a failed test has left running may still write here, and must not hide why it failed.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}
