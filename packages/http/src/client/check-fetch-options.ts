import { failureWords, modeNames } from '@watertight/manifest/words'
import { OptionError } from '@watertight/policy'
import {
  anything,
  callback,
  checkOptions,
  flag,
  having,
  integer,
  integerOrInfinity,
  nested,
  number,
  oneOf,
  orFalse,
  record,
  type Rule,
  type Rules,
  share,
  text,
} from '@watertight/policy/options'
import { balanceNames, Faults, retryOnNames } from '@watertight/traffic'
import type { FetchOptions } from './fetch-options.js'

/**
 * Checks what no policy checks for itself. Options of policies are checked as they are made.
 *
 * @param subject what is to be created, for the message
 * @throws {OptionError} for the first option at fault
 */
export function checkFetchOptions(options: FetchOptions, subject: string = 'fetch'): void {
  checkOptions(subject, options, rules)
  const { fallback, answers, breaker } = options
  if (fallback?.body !== undefined && NO_BODY.has(fallback.status ?? 200)) {
    throw new OptionError(
      `cannot create ${subject}: fallback.status must be one that has a body, got ${fallback.status}`,
      'fallback.status',
    )
  }
  if (answers !== undefined && breaker?.answers !== undefined) {
    throw new OptionError(
      `cannot create ${subject}: answers must be given once, got breaker.answers as well`,
      'breaker.answers',
    )
  }
}

const finite = (value: number): boolean => Number.isFinite(value)
const limit = number('a number of milliseconds > 0, or Infinity', (value) => value > 0)
const duration = number('a finite number of milliseconds > 0', (value) => finite(value) && value > 0)
const zeroOrMore = number('a finite number >= 0', (value) => finite(value) && value >= 0)
const count = integer(1)

const isStatus = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599
const status: Rule = { allowed: 'a status from 200 to 599', accepts: isStatus }

const conditions: Rule = {
  allowed: `a list of statuses and of ${retryOnNames.join(', ')}`,
  accepts: (value) =>
    Array.isArray(value) &&
    value.every((one) => retryOnNames.includes(one as string) || Number.isInteger(one)),
}

const address: Rule = {
  allowed: "a URL, 'environment' or false",
  accepts: (value) => value === false || typeof value === 'string' || value instanceof URL,
}

const statusWords: readonly string[] = failureWords.status
const answers: Rule = {
  allowed: `a list of statuses and of ${statusWords.join(', ')}`,
  accepts: (value) =>
    Array.isArray(value) && value.every((one) => statusWords.includes(one as string) || isStatus(one)),
}

const breaker: Rule = {
  allowed: 'an object whose answers are a list of statuses',
  accepts: (value) => {
    if (!record.accepts(value)) return false
    const given = (value as { answers?: unknown }).answers
    return given === undefined || answers.accepts(given)
  },
}

/** Statuses whose responses never have a body. */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/** How connections are made and requests carried: the same for all callees of a client. */
export const connectionRules: Rules = {
  resolve: nested({ intervalMs: duration, lookup: callback, max: count }),
  telemetry: having('destination', 'what createTelemetry gives'),
  transport: having('open', 'a transport'),
  faults: {
    allowed: 'a list of faults, or Faults',
    accepts: (value) => Array.isArray(value) || value instanceof Faults,
  },
  replayBytesMax: zeroOrMore,
  bodyBytesMax: integerOrInfinity(1),
  headerBytesMax: count,
  connectionsMax: count,
  keepAliveMs: duration,
  proxy: address,
  socketPath: text,
  lookup: callback,
  tls: record,
  allowH2: {
    allowed: "true, false or 'h2c'",
    accepts: (value) => typeof value === 'boolean' || value === 'h2c',
  },
  resourceTiming: flag,
}

const rules: Rules = {
  ...connectionRules,
  endpoints: anything,
  name: text,
  timeout: orFalse(
    nested({
      connectMs: limit,
      responseHeadersMs: limit,
      bodyIdleMs: limit,
      attemptMs: limit,
      totalMs: limit,
      totalCoversBody: flag,
    }),
  ),
  retry: orFalse(
    nested({
      attempts: count,
      on: conditions,
      backoff: anything,
      budget: orFalse(record),
      minimumTryMs: zeroOrMore,
      concurrency: count,
      maxPushbackMs: orFalse(zeroOrMore),
    }),
  ),
  answers,
  breaker,
  bulkhead: record,
  adaptiveLimit: record,
  rateLimit: record,
  hedge: record,
  ejection: nested({
    consecutiveFailures: count,
    intervalMs: duration,
    baseEjectionMs: duration,
    maxEjectionMs: duration,
    maxEjected: share,
    panic: share,
  }),
  balance: oneOf(...balanceNames),
  fallback: nested({
    status,
    body: anything,
    cache: nested({ maxAgeMs: duration, max: count, bytesMax: count }),
    onQueue: callback,
  }),
  operations: record,
  mode: oneOf(...modeNames),
}
