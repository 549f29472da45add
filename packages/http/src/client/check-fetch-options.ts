import { OptionError } from '@watertight/policy'
import { balanceNames, retryOnNames } from '@watertight/traffic'
import type { FetchOptions } from './fetch-options.js'

/** What an option may be: in words, and as a test. */
interface Rule {
  readonly allowed: string
  readonly accepts: (value: unknown) => boolean
}

/**
 * Checks what no policy checks for itself. Options of policies are checked as they are made.
 *
 * @throws {OptionError} for the first option at fault
 */
export function checkFetchOptions(options: FetchOptions): void {
  check('', options, RULES)
  if (options.timeout !== undefined && options.timeout !== false) check('timeout.', options.timeout, TIMES)
  if (options.retry !== undefined && options.retry !== false) check('retry.', options.retry, RETRY)
  if (options.ejection !== undefined) check('ejection.', options.ejection, EJECTION)
  if (options.fallback !== undefined) check('fallback.', options.fallback, FALLBACK)
  if (options.fallback?.body !== undefined && NO_BODY.has(options.fallback.status ?? 200)) {
    throw new OptionError(
      `cannot create fetch: fallback.status must be one that has a body, got ${options.fallback.status}`,
      'fallback.status',
    )
  }
  if (options.fallback?.cache !== undefined) check('fallback.cache.', options.fallback.cache, CACHE)
  if (options.resolve !== undefined) check('resolve.', options.resolve, RESOLVE)
}

function check(path: string, options: object, rules: Readonly<Record<string, Rule>>): void {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(
      `cannot create fetch: ${path === '' ? 'options' : path.slice(0, -1)} must be an object, got ${quote(options)}`,
      path.slice(0, -1),
    )
  }
  for (const [key, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined
    if (rule === undefined) {
      const known = Object.keys(rules).join(', ')
      throw new OptionError(
        `cannot create fetch: unknown option '${path}${key}', allowed are ${known}`,
        path + key,
      )
    }
    if (value === undefined || rule.accepts(value)) continue
    throw new OptionError(
      `cannot create fetch: ${path}${key} must be ${rule.allowed}, got ${quote(value)}`,
      path + key,
    )
  }
}

const number = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value)

const limit: Rule = {
  allowed: 'a number of milliseconds > 0, or Infinity',
  accepts: (value) => number(value) && value > 0,
}
const duration: Rule = {
  allowed: 'a finite number of milliseconds > 0',
  accepts: (value) => number(value) && value > 0 && value !== Infinity,
}
const zeroOrMore: Rule = {
  allowed: 'a finite number >= 0',
  accepts: (value) => number(value) && value >= 0 && value !== Infinity,
}
const share: Rule = {
  allowed: 'a number from 0 to 1',
  accepts: (value) => number(value) && value >= 0 && value <= 1,
}
const count: Rule = {
  allowed: 'an integer >= 1',
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
}
const countOrInfinity: Rule = {
  allowed: 'an integer >= 1, or Infinity',
  accepts: (value) => value === Infinity || count.accepts(value),
}
const status: Rule = {
  allowed: 'a status from 200 to 599',
  accepts: (value) => Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599,
}
const address: Rule = {
  allowed: "a URL, 'environment' or false",
  accepts: (value) => value === false || typeof value === 'string' || value instanceof URL,
}
const flag: Rule = { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' }
const text: Rule = { allowed: 'a text', accepts: (value) => typeof value === 'string' && value !== '' }
const callback: Rule = { allowed: 'a function', accepts: (value) => typeof value === 'function' }
const record: Rule = { allowed: 'an object', accepts: (value) => typeof value === 'object' && value !== null }
const recordOrFalse: Rule = {
  allowed: 'an object or false',
  accepts: (value) => value === false || record.accepts(value),
}
const anything: Rule = { allowed: 'anything', accepts: () => true }

function oneOf(values: readonly string[]): Rule {
  return { allowed: `one of ${values.join(', ')}`, accepts: (value) => values.includes(value as string) }
}

const conditions: Rule = {
  allowed: `a list of statuses and of ${retryOnNames.join(', ')}`,
  accepts: (value) =>
    Array.isArray(value) &&
    value.every((one) => retryOnNames.includes(one as string) || Number.isInteger(one)),
}

const RULES: Readonly<Record<string, Rule>> = {
  endpoints: anything,
  name: text,
  resolve: record,
  telemetry: record,
  replayBytesMax: zeroOrMore,
  bodyBytesMax: countOrInfinity,
  headerBytesMax: count,
  connectionsMax: count,
  keepAliveMs: duration,
  proxy: address,
  socketPath: text,
  lookup: callback,
  tls: record,
  allowH2: flag,
  timeout: recordOrFalse,
  retry: recordOrFalse,
  breaker: record,
  bulkhead: record,
  adaptiveLimit: record,
  rateLimit: record,
  hedge: record,
  ejection: record,
  balance: oneOf(balanceNames),
  fallback: record,
  operations: record,
  mode: oneOf(['enforce', 'observe']),
}

/** Statuses whose responses never have a body. */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])

const TIMES = {
  connectMs: limit,
  responseHeadersMs: limit,
  bodyIdleMs: limit,
  attemptMs: limit,
  totalMs: limit,
}
const RETRY = {
  attempts: count,
  on: conditions,
  backoff: record,
  budget: recordOrFalse,
  minimumTryMs: zeroOrMore,
  maxPushbackMs: zeroOrMore,
}
const EJECTION = {
  consecutiveFailures: count,
  intervalMs: duration,
  baseEjectionMs: duration,
  maxEjectionMs: duration,
  maxEjected: share,
  panic: share,
}
const FALLBACK = { status, body: anything, cache: record, onQueue: callback }
const CACHE = { maxAgeMs: duration, max: count, bytesMax: count }
const RESOLVE = { intervalMs: duration, lookup: callback, max: count }

function quote(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
