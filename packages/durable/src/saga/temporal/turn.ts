import type { StepOutcome } from '../decisions/saga-event.js'
import type { SagaCommand } from '../decisions/saga-command.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaRequest } from '../queries/saga-record.js'

/** Something that happened, before chance has been drawn. */
type Happened =
  | (SagaRequest & { readonly at: number })
  | { readonly type: 'woken'; readonly at: number }
  | {
      readonly type: 'step-ended'
      readonly step: string
      readonly attempt: number
      readonly outcome: StepOutcome
      readonly at: number
    }

/** What a workflow is started with. Plain JSON, like everything here: it passes through Temporal. */
export interface SagaStart {
  readonly sagaId: string
  readonly name: string
  readonly version: number
  readonly parent: string | undefined
  readonly state: SagaState
  readonly events: readonly Happened[]
  /** Whether it is to begin with the first turn: by the server's clock, not that of whoever started it. */
  readonly isNew?: boolean
}

/** What has happened since the state was decided on. */
export interface Turn extends SagaStart {
  readonly at: number
  /** When it began, in its first turn. */
  readonly beganAt?: number
}

/** A state and what follows from it. */
export interface NextTurn {
  readonly version: number
  readonly state: SagaState
  readonly commands: readonly (
    | (SagaCommand & { readonly type: 'wake' })
    | (SagaCommand & { readonly type: 'run' | 'compensate' | 'settle' } & { readonly limitMs: number })
  )[]
}

/** A step to be asked. */
export interface AskedStep {
  readonly sagaId: string
  readonly name: string
  readonly version: number
  readonly parent: string | undefined
  readonly state: SagaState
  readonly command: { readonly type: 'run' | 'compensate'; readonly step: string; readonly attempt: number }
}
