/** Codes and class names, not messages: those hold identifiers, and there is no end to them. */
const TERM = /^[A-Za-z][\w-]{0,59}$/

/**
 * What to call an error in a label: its stable code (`WT_TIMEOUT`, `ECONNRESET`), else the status that it carries
 * (`status_503`), else its class. No error at all means that a result counted as a failure: `result`.
 */
export function errorReason(error: unknown): string {
  if (error === undefined) return 'result'
  if (typeof error !== 'object' || error === null) return 'unknown'
  const { code, status, name } = error as { code?: unknown; status?: unknown; name?: unknown }
  if (typeof code === 'string' && TERM.test(code)) return code
  if (Number.isInteger(status)) return `status_${String(status)}`
  return typeof name === 'string' && TERM.test(name) ? name : 'unknown'
}
