import { type RetryOn, retryOnNames } from '@watertight/traffic'
import type { HeaderBlock } from '../http1/index.js'
import { controlHeaders, isControlHeader, proxyHeaderNames } from './proxy-headers.js'

const maxRetriesHeader = proxyHeaderNames.id(controlHeaders.maxRetries)
const retryOnHeader = proxyHeaderNames.id(controlHeaders.retryOn)
const timeoutHeader = proxyHeaderNames.id(controlHeaders.timeoutMs)
const attemptTimeoutHeader = proxyHeaderNames.id(controlHeaders.attemptTimeoutMs)

/** No caller asks for more retries than this. */
const RETRIES_MAX = 100
/** A day, as the longest that the document may say. */
const LIMIT_MS_MAX = 86_400_000

/** What a trusted caller asks for by its headers, beside what the document says. */
export interface Steering {
  /** Tries after the first. */
  readonly retries: number | undefined
  /** What is tried again, beside what the document says; words that nobody knows are passed over. */
  readonly retryOn: readonly RetryOn[]
  /** For the whole call. */
  readonly timeoutMs: number | undefined
  /** For each attempt. */
  readonly attemptMs: number | undefined
}

/** Undefined where the caller asks for nothing: one look at the numbers of the headers tells. */
export function readSteering(headers: HeaderBlock): Steering | undefined {
  if (!headers.hasAny(isControlHeader)) return undefined
  const timeoutMs = limit(headers.valueOf(timeoutHeader))
  const attemptMs = limit(headers.valueOf(attemptTimeoutHeader))
  return {
    retries: whole(headers.valueOf(maxRetriesHeader), RETRIES_MAX),
    retryOn: conditions(headers.valueOf(retryOnHeader)),
    timeoutMs,
    attemptMs: attemptMs !== undefined && attemptMs >= (timeoutMs ?? Infinity) ? undefined : attemptMs,
  }
}

/** 0 stands for no limit, which is what nobody has to ask for. */
function limit(text: string | undefined): number | undefined {
  const ms = whole(text, LIMIT_MS_MAX)
  return ms === 0 ? undefined : ms
}

function whole(text: string | undefined, most: number): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Math.min(Number(text), most) : undefined
}

function conditions(text: string | undefined): readonly RetryOn[] {
  if (text === undefined) return []
  const words = text.split(',').map((word) => word.trim().toLowerCase())
  return [...new Set(words)]
    .filter((word): word is Extract<RetryOn, string> => retryOnNames.includes(word))
    .sort()
}
