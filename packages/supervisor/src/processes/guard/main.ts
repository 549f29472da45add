import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** The program of the guard: standard input tells which groups there are, and its end that the supervisor is gone. */
const GRACE_MS = 2_000

const groups = new Set<number>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const group = Number(line.slice(1))
  if (!Number.isInteger(group) || group <= 1) continue
  if (line.startsWith('+')) groups.add(group)
  else groups.delete(group)
}
if (groups.size > 0) {
  signalAll('SIGTERM')
  await sleep(GRACE_MS)
  signalAll('SIGKILL')
}

function signalAll(signal: NodeJS.Signals): void {
  for (const group of groups) {
    try {
      process.kill(-group, signal)
    } catch {
      // It has ended.
    }
  }
}
