import type { Answer } from '../answer.js'
import type { GuardedRequest } from './guarded-request.js'

/** How one server or framework lets a request go on, or answers it. What an adapter implements. */
export interface Passage {
  /**
   * Runs the handler. Its promise, if it returns one, tells when the work is over, should the caller leave before;
   * otherwise ending the response tells it.
   */
  proceed(request: GuardedRequest): unknown
  /** Sends this in the handler's place. */
  answer(answer: Answer): void
  /** The template of the matched route, as far as it is known: asked on the way in, and if need be again at the end. */
  route?(): string | undefined
}
