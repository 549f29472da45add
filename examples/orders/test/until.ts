import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 25

/** Waits until `probe` gives something other than `undefined` and `false`, and returns that. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs: number = 60_000,
): Promise<T> {
  const end = performance.now() + deadlineMs
  while (performance.now() < end) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    await sleep(POLL_MS)
  }
  throw new Error(`waited ${deadlineMs} ms in vain until ${what}`)
}
