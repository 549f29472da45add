import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, vi } from 'vitest'
import { PROGRAM } from './run-process.js'

/** The program in a folder, running until the test ends it, and all that it has written. */
export function startProgram(
  cwd: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly text: () => string } {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  return { child, text: () => text }
}

export async function says(text: () => string, what: string): Promise<void> {
  await vi.waitFor(() => expect(text()).toContain(what), { timeout: 90_000, interval: 100 })
}
