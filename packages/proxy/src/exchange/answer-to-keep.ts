import type { CacheableRequest } from '@watertight/traffic'
import type { RequestHead, ResponseHead } from '../http1/index.js'
import type { Destination } from '../upstream/destination.js'
import type { AnswerInTheMaking, LastAnswers } from '../upstream/last-answers.js'
import type { LocalAnswer } from './local-answer.js'
import { droppedFromAnswers } from './proxy-headers.js'

/** The answer with this head, as it is kept for when there is none; undefined where it may not be. */
export function answerToKeep(
  lastAnswers: LastAnswers,
  request: CacheableRequest | undefined,
  head: ResponseHead,
): AnswerInTheMaking | undefined {
  if (request === undefined) return undefined
  const { status, bodyLength, headers } = head
  const header = (name: string): string | undefined => headers.get(name)
  const lines = headers.keptText(droppedFromAnswers)
  return lastAnswers.begin(request, { status, bodyLength, header, lines })
}

/** The request as caches see it, if an answer to it may be given again. */
export function cacheableRequest(
  { method, headers }: RequestHead,
  target: string,
): CacheableRequest | undefined {
  if (method !== 'GET') return undefined
  return { path: `${headers.get('host')} ${target}`, header: (name) => headers.get(name) }
}

/** What the document gives in place of an answer that does not come: the last good one, or one of its own. */
export function replacementFor(
  { lastAnswers, state }: Destination,
  request: CacheableRequest | undefined,
): LocalAnswer | undefined {
  return (request && lastAnswers?.find(request)) ?? state.fallback
}
