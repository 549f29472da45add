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
  nearestSpelling,
  nested,
  number,
  oneOf,
  orFalse,
  quote,
  record,
  refusedOption,
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
  const { fallback, answers, breaker, retry, operations = {} } = options
  checkWords(subject, 'answers', answers, isStatus, failureWords.status)
  checkWords(subject, 'breaker.answers', breaker?.answers, isStatus, failureWords.status)
  if (retry !== false) checkWords(subject, 'retry.on', retry?.on, Number.isInteger, retryOnNames)
  checkOperations(subject, operations)
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

/** Names the entry of a list that is neither a status nor one of the words, and the word that may be meant. */
function checkWords(
  subject: string,
  option: string,
  list: unknown,
  isNumber: (value: unknown) => boolean,
  words: readonly string[],
): void {
  if (list === undefined) return
  const names = words.join(', ')
  if (!Array.isArray(list)) throw refusedOption(subject, option, `a list of statuses and of ${names}`, list)
  const index = list.findIndex((one) => !isNumber(one) && !words.includes(one as string))
  if (index < 0) return
  const wrong: unknown = list[index]
  const near = typeof wrong === 'string' ? nearestSpelling(wrong.toLowerCase(), words) : undefined
  const must = near === undefined ? `must be a status or one of ${names}` : 'is not known'
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  const place = `${option}[${index}]`
  throw new OptionError(`cannot create ${subject}: ${place} ${must}, got ${quote(wrong)}${hint}`, place)
}

/** One that is misspelt would be an operation of nothing, and what it says of repeating would be lost. */
function checkOperations(subject: string, operations: NonNullable<FetchOptions['operations']>): void {
  const entries = operations instanceof Map ? operations : Object.entries(operations)
  for (const [name, idempotence] of entries as Iterable<[string, unknown]>) {
    const option = `operations[${quote(name)}]`
    if (!/^([a-z-]+ )?\//i.test(name))
      throw new OptionError(
        `cannot create ${subject}: operations must be named as 'POST /charges' is, got ${quote(name)}`,
        option,
      )
    if (typeof idempotence !== 'boolean' && idempotence !== 'by-key')
      throw refusedOption(subject, option, "true, false or 'by-key'", idempotence)
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

const address: Rule = {
  allowed: "a URL, 'environment' or false",
  accepts: (value) => value === false || typeof value === 'string' || value instanceof URL,
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
      on: anything,
      backoff: anything,
      budget: orFalse(record),
      minimumTryMs: zeroOrMore,
      concurrency: count,
      maxPushbackMs: orFalse(zeroOrMore),
    }),
  ),
  answers: anything,
  breaker: record,
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
  warmUpMs: duration,
  fallback: nested({
    status,
    body: anything,
    cache: nested({ maxAgeMs: duration, max: count, bytesMax: count }),
    onQueue: callback,
  }),
  operations: record,
  mode: oneOf(...modeNames),
}
