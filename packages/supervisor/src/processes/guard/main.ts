import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { leftBehind } from '../left-behind.js'

/** The program of the guard: standard input tells which groups there are, and its end that the supervisor is gone. */
const GRACE_MS = 2_000

/** By the group's number, what its processes bear. */
const groups = new Map<number, string>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const [number, mark = ''] = line.slice(1).split(' ')
  const group = Number(number)
  if (!Number.isInteger(group) || group <= 1) continue
  if (line.startsWith('+')) groups.set(group, mark)
  else groups.delete(group)
}
if (groups.size > 0) {
  signalAll('SIGTERM')
  await sleep(GRACE_MS)
  signalAll('SIGKILL')
}

function signalAll(signal: NodeJS.Signals): void {
  for (const [group, mark] of groups) {
    signalOne(-group, signal)
    for (const id of leftBehind(mark)) signalOne(id, signal)
  }
}

function signalOne(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal)
  } catch {
    // It has ended.
  }
}
