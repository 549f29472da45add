import type { ActionError } from '../model/action.js'

/** How the console says no. */
export function refusal(error: string, code: string, hint: string | null = null): ActionError {
  return { ok: false, code, error, hint }
}
