import { StoreError } from '../../store/errors.js'
import { isTransient } from '../../store/is-transient.js'

/**
 * Whether a statement of the engine's own may succeed when it is sent again: the connection was lost or refused, the server
 * restarts, two transactions stood in each other's way. Every statement of sagas may be sent twice.
 */
export function isPassingError(error: unknown): boolean {
  if (error instanceof StoreError)
    return error.code !== 'WT_STORE_CLOSED' && error.code !== 'WT_STORE_MISSING_PACKAGE'
  const code = (error as { code?: unknown } | null)?.code
  // What has no state of SQL comes from a socket or the driver, and the only socket here leads to the store.
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true
  return isTransient(error)
}
