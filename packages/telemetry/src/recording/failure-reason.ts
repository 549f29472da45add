import { errorReason } from './error-reason.js'

/** How a try failed: with an error, or with a result that counts as a failure. */
export interface FailedTry {
  readonly error: unknown
  readonly value: unknown
}

/** What to call that in a label: the error's code or class, the status of an answer (`status_503`), else `result`. */
export function failureReason({ error, value }: FailedTry): string {
  if (error !== undefined || typeof value !== 'object' || value === null) return errorReason(error)
  const { status } = value as { readonly status?: unknown }
  return Number.isInteger(status) ? `status_${String(status)}` : errorReason(undefined)
}
