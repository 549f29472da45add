import type { IncomingMessage, ServerResponse } from 'node:http'
import { having, refusedOption } from '@watertight/policy/options'
import type { Answer } from '../answer.js'
import type { GuardedRequest } from './guarded-request.js'

/** How one server or framework lets a request go on, or answers it. What an adapter implements. */
export interface RequestAdapter {
  /**
   * Runs the handler. Its promise, if it returns one, tells when the work is over, should the caller leave before;
   * otherwise ending the response tells it.
   *
   * @param request what the guard knows of it; undefined where something else than a guard admits requests
   */
  proceed(request: GuardedRequest | undefined): unknown
  /** Sends this in the handler's place. */
  answer(answer: Answer): void
  /** The template of the matched route, as far as it is known: asked on the way in, and if need be again at the end. */
  route?(): string | undefined
}

/** What puts a guard before a handler needs of it. */
export interface RequestAdmission {
  /** Lets the request proceed within its scope, now or when it gets a slot, or has another answer sent. */
  admit(message: IncomingMessage, response: ServerResponse, adapter: RequestAdapter): void
}

const admission = having('admit', 'a server guard')

/**
 * What every adapter is made with: found missing now, and not by the first request.
 *
 * @throws {OptionError} for what admits no requests
 */
export function checkAdmission(guard: RequestAdmission): void {
  if (!admission.accepts(guard)) throw refusedOption('middleware', 'guard', admission.allowed, guard)
}
