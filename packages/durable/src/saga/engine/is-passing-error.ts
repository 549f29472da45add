import { StoreError } from '../../store/errors.js'

/** Classes of states of SQL (ISO 9075) after which the same statement may succeed. */
const passingClasses = new Set(['08', '40', '53', '57', '58'])
const passingStates = new Set(['55P03', '55006', '25006'])

/**
 * Whether a statement may succeed when it is sent again: the connection was lost, the server restarts or fails over, two
 * transactions stood in each other's way. Every statement of sagas may be sent twice.
 */
export function isPassingError(error: unknown): boolean {
  if (error instanceof StoreError)
    return error.code !== 'WT_STORE_CLOSED' && error.code !== 'WT_STORE_MISSING_PACKAGE'
  const code = (error as { code?: unknown } | null)?.code
  // Errors of sockets have codes in words; an error without any is the driver's, that a connection has ended.
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true
  return passingClasses.has(code.slice(0, 2)) || passingStates.has(code)
}
