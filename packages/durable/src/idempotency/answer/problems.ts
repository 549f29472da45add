import { type Answer, problemAnswer, SHOULD_RETRY_HEADER } from '@watertight/http/server'
import type { KeptAnswer } from './kept-answer.js'

const SOON = { 'retry-after': '1' }
const NEVER = { [SHOULD_RETRY_HEADER]: 'false' }

/** Every answer that the middleware gives of its own. */
export const problems = {
  keyMissing: (): KeptAnswer =>
    problem(400, 'KEY_MISSING', 'this operation must not happen twice: send an Idempotency-Key with it'),

  keyInvalid: (detail: string): KeptAnswer => problem(400, 'KEY_INVALID', detail),

  keyReused: (): KeptAnswer =>
    problem(
      422,
      'KEY_REUSED',
      'this Idempotency-Key came with another payload before: send a new one',
      NEVER,
    ),

  inFlight: (): KeptAnswer =>
    problem(409, 'IN_FLIGHT', 'a request with this Idempotency-Key is being worked on', SOON),

  outcomeUnknown: (): KeptAnswer =>
    problem(
      409,
      'OUTCOME_UNKNOWN',
      'a request with this Idempotency-Key was begun and never finished: look up whether it had its effect',
      NEVER,
    ),

  answerNotKept: (): KeptAnswer =>
    problem(
      409,
      'ANSWER_NOT_KEPT',
      'a request with this Idempotency-Key was done; its answer was too long to be kept',
      NEVER,
    ),

  claimLost: (): KeptAnswer =>
    problem(
      409,
      'CLAIM_LOST',
      'the request took too long, and another one with its key has taken over',
      SOON,
    ),

  storeUnavailable: (): KeptAnswer =>
    problem(503, 'STORE_UNAVAILABLE', 'whether this request came before cannot be looked up now', SOON),

  bodyTooLarge: (bytesMax: number): KeptAnswer =>
    keptAnswerOf(
      problemAnswer(413, {
        code: 'WT_BODY_TOO_LARGE',
        detail: `the request body is longer than ${bytesMax} bytes`,
      }),
    ),
} as const

function problem(
  status: number,
  name: string,
  detail: string,
  headers?: Readonly<Record<string, string>>,
): KeptAnswer {
  return keptAnswerOf(problemAnswer(status, { code: `WT_IDEMPOTENCY_${name}`, detail, headers }))
}

function keptAnswerOf({ status, headers, body }: Answer): KeptAnswer {
  return { status, headers: Object.entries(headers), body: Buffer.from(body) }
}
