import type { Answer } from '../drivers/driver.js'
import type { Send } from '../scenario/step-schema.js'

/** A request of a scenario, and what its caller saw. */
export interface SentRequest {
  readonly step: Send
  /** Its number within the scenario: that of `x-conformance-call`. */
  readonly call: number
  readonly answer: Answer
  /** From the request to the end of its answer, in milliseconds. */
  readonly tookMs: number
}
