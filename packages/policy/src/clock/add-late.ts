import type { ExpiryEntry, ExpiryQueue } from './expiry-queue.js'

/** Queues an entry whose wait began at `since`: it goes ahead of those that began later, which costs O(those). */
export function addLate(queue: ExpiryQueue, entry: ExpiryEntry, now: number, since: number): void {
  const { ring } = queue
  const first = ring.next!
  entry.expiresAt = since + queue.durationMs
  let ahead = ring.previous!
  while (ahead !== ring && ahead.expiresAt > entry.expiresAt) ahead = ahead.previous!
  entry.previous = ahead
  entry.next = ahead.next!
  ahead.next = entry.next.previous = entry
  if (ring.next !== first) queue.arm(entry.expiresAt - now)
}
