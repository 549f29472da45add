import type { KeptAnswer } from './kept-answer.js'

/** Says of an answer that it is one given before. */
const REPLAYED_HEADER = 'idempotent-replayed'

/** Until when the answer is replayed, as a date of HTTP. */
const EXPIRES_HEADER = 'idempotency-key-expires'

/** The answer with the time until which its key is remembered. */
export function withExpiry(answer: KeptAnswer, expiresAt: number): KeptAnswer {
  return { ...answer, headers: [...answer.headers, [EXPIRES_HEADER, new Date(expiresAt).toUTCString()]] }
}

/** The answer as one that was given before. */
export function replayOf(answer: KeptAnswer, expiresAt: number): KeptAnswer {
  const { headers, ...rest } = withExpiry(answer, expiresAt)
  return { ...rest, headers: [...headers, [REPLAYED_HEADER, 'true']] }
}
