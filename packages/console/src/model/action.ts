/** What may be asked for, by `POST /api/actions/NAME`. */
export type ActionName =
  'restart' | 'kill' | 'scale' | 'redrive' | 'retry-saga' | 'start-fault' | 'stop-fault' | 'set-canary'

/** Whether an action can be done here, and why not. */
export interface ActionStand {
  readonly name: ActionName
  readonly isPossible: boolean
  readonly reason: string | null
}

/** What was done. */
export interface ActionResult {
  readonly ok: true
  readonly action: ActionName
  /** A plain sentence: `payment has 3 replicas`. */
  readonly did: string
}

/** Why it was not done. */
export interface ActionError {
  readonly ok: false
  readonly code: string
  /** `cannot scale order: replicas must be an integer from 1 to 100, got 0`. */
  readonly error: string
  readonly hint: string | null
}
