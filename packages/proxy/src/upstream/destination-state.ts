import type { Engine } from '@watertight/policy/engine'
import type { CallRules, CallSettings, Observer } from '@watertight/traffic'
import type { LocalAnswer } from '../exchange/local-answer.js'
import type { AttemptLimits } from './upstream-attempt.js'

/** What is in force for new calls. A call keeps what it began with. */
export interface DestinationState extends AttemptLimits, CallRules {
  readonly settings: CallSettings
  readonly engine: Engine
  /** A ring where the document does not say what keeps requests together: their path does. */
  readonly ringsByPath: boolean
  /** Calls may wait for their turn, the more important first. */
  readonly hasQueue: boolean
  /** Given in place of an answer that does not come. */
  readonly fallback: LocalAnswer | undefined
  readonly attemptMs: number
  /** In observe mode: asked what would have been done. */
  readonly observer: Observer | undefined
}
