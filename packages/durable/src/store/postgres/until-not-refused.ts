import { setTimeout as pause } from 'node:timers/promises'
import { exponential } from '@watertight/policy'
import { systemRandom } from '@watertight/policy/decisions'

/** Serialization failure and deadlock: of those who are in one another's way the database has undone one. */
const REFUSED_FOR_TIMING: readonly unknown[] = ['40001', '40P01']

const TRIES_MAX = 20
const backoff = exponential({ initialMs: 2, maxMs: 64 })

/**
 * Does again, until a deadline, what the database has refused and undone for its timing alone. On a database that is
 * serializable by default that is what becomes of most of many who write the same row at once (PostgreSQL's documentation,
 * 13.5 "Serialization Failure Handling"). Whoever is refused waits a little, by chance, longer each time.
 */
export async function untilNotRefused<Answer>(
  deadlineMs: number,
  attempt: (leftMs: number) => Promise<Answer>,
): Promise<Answer> {
  const startedAt = performance.now()
  let leftMs = deadlineMs
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt(leftMs)
    } catch (error) {
      const pauseMs = backoff.delayMs(tries, 0, systemRandom)
      leftMs = Math.floor(deadlineMs - (performance.now() - startedAt) - pauseMs)
      if (tries === TRIES_MAX || leftMs < 1 || !isRefused(error)) throw error
      await pause(pauseMs)
    }
  }
}

const isRefused = (error: unknown): boolean =>
  REFUSED_FOR_TIMING.includes((error as { code?: unknown } | undefined)?.code)
