/** Whether an operation may be repeated: always, never, or because it carries an `Idempotency-Key`. */
export type Idempotence = boolean | 'by-key'

/** Methods that may be repeated by definition (RFC 9110, section 9.2.2). */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/**
 * Whether a request may be sent more than once. A key makes any request repeatable, for whoever sends one says that
 * the callee heeds it; an operation that is declared unrepeatable is not, whatever its method.
 */
export function mayRepeat(method: string, idempotence: Idempotence | undefined, hasKey: boolean): boolean {
  if (idempotence === true) return true
  if (idempotence === false) return false
  return hasKey || (idempotence === undefined && idempotentMethods.has(method))
}
