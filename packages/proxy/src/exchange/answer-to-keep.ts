import type { CacheableRequest } from '@watertight/traffic'
import type { ResponseHead } from '../http1/index.js'
import type { AnswerInTheMaking, LastAnswers } from '../upstream/last-answers.js'
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
