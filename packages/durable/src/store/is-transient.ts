// Serialization failures and deadlocks, lost connections, a server that is short of something, shuts down or is a standby.
const transientStates = /^(40001|40P01|55P03|25006|08...|53...|57P0[1-5])$/

/** What was sent may have arrived, or may arrive when it is sent again. */
const otherwiseNextTime: ReadonlySet<string> = new Set([
  'WT_STORE_COMMIT_UNKNOWN',
  'WT_BROKER_DEADLINE',
  'WT_BROKER_UNAVAILABLE',
])

/**
 * Whether the database or the broker, not the work, is to blame, so that the same work may well succeed when it is done again. A lost
 * connection of `pg` has no code, only its message. What a socket says (`ECONNREFUSED`) is not asked: it may be a socket to
 * anywhere.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as Error & { code?: unknown }
  if (typeof code === 'string') return transientStates.test(code) || otherwiseNextTime.has(code)
  return /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying)/.test(
    error.message,
  )
}
