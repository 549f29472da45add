const HINT_MS = 10

const lastHintAt = new Map<string, number>()
const TOPICS_MAX = 1_000

/**
 * Whether a commit may notify. A transaction that notifies holds a lock of the whole database while it commits, one after
 * the other; so a process does it a few times a second at the most, and for the rest polling finds what came in between.
 */
export function mayHint(topic: string, now: number = performance.now()): boolean {
  if (now - (lastHintAt.get(topic) ?? -Infinity) < HINT_MS) return false
  if (lastHintAt.size > TOPICS_MAX) lastHintAt.clear()
  lastHintAt.set(topic, now)
  return true
}
