import { StoreError, type StoreErrorCode } from '../../store/errors.js'
import { isTransient } from '../../store/is-transient.js'

/** The store is gone for this process, whatever is sent to it. */
const final: ReadonlySet<StoreErrorCode> = new Set([
  'WT_STORE_CLOSED',
  'WT_STORE_FOLDER_IN_USE',
  'WT_STORE_LOST',
  'WT_STORE_MISSING_PACKAGE',
  'WT_STORE_RESTORED',
])

/**
 * Whether a statement of the engine's own may succeed when it is sent again: the connection was lost or refused, the server
 * restarts, two transactions stood in each other's way. Every statement of sagas may be sent twice.
 */
export function isPassingError(error: unknown): boolean {
  if (error instanceof StoreError) return !final.has(error.code)
  const code = (error as { code?: unknown } | null)?.code
  // What has no state of SQL comes from a socket or the driver, and the only socket here leads to the store.
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true
  return isTransient(error)
}
