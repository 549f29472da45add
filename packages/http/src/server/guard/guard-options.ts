import type { IncomingMessage } from 'node:http'
import type { AdaptiveLimitOptions } from '@watertight/policy/decisions'
import type { Telemetry } from '@watertight/telemetry'
import type { TimeLeftOptions } from '@watertight/traffic'
import type { Clock } from '../../runtime/clock.js'
import type { Health } from '../health/health.js'
import { checkKnown, checkNumber } from '../../options/option-checks.js'

export interface ServerGuardOptions {
  /** Refuses work that is too late. `false`: deadlines are read and handed on, and refuse nothing. */
  readonly timeLeft?: TimeLeftOptions | false
  /**
   * How many requests run at once, from how they fare. Defaults as in `adaptiveLimit` of `@watertight/policy`, but
   * `initialLimit` 100, `maxLimit` 1000, `queue` 100. `false`: no limit.
   */
  readonly shedding?: AdaptiveLimitOptions | false
  /** What `Retry-After` asks of callers that were shed, in seconds. Default 1. */
  readonly retryAfterSeconds?: number
  /** The longest request body, in bytes. Default 1 MiB. `Infinity`: no limit. */
  readonly bodyBytesMax?: number
  /** A limit to how long any request may take, in milliseconds, whatever its caller says. Default none. */
  readonly maxMs?: number
  /** The route's template (`/orders/:id`), from a bounded set. Default what the framework says; none over plain node:http. */
  readonly route?: (message: IncomingMessage) => string | undefined
  /** From -100 to 100. Default what the header `x-watertight-priority` says: replace it where callers are not trusted. */
  readonly priority?: (message: IncomingMessage) => number
  /** Requests that are neither limited nor refused, such as event streams. Default none. */
  readonly exempt?: (message: IncomingMessage) => boolean
  /** Answered before anything else, and whatever the load. */
  readonly health?: Health
  /** Records the requests. Default nobody does. */
  readonly telemetry?: Telemetry
  /** Hears of what a plain handler throws. Default writes it to standard error. */
  readonly onError?: (error: unknown, message: IncomingMessage) => void
  /** For tests. Default the platform's. */
  readonly clock?: Clock
}

const KNOWN = [
  'timeLeft',
  'shedding',
  'retryAfterSeconds',
  'bodyBytesMax',
  'maxMs',
  'route',
  'priority',
  'exempt',
  'health',
  'telemetry',
  'onError',
  'clock',
]

/** @throws {OptionError} when an option is unknown or out of its range */
export function checkGuardOptions(options: ServerGuardOptions): void {
  const subject = 'server guard'
  checkKnown(subject, options, KNOWN)
  checkNumber(subject, 'retryAfterSeconds', options.retryAfterSeconds, { min: 0, integer: true })
  checkNumber(subject, 'bodyBytesMax', options.bodyBytesMax, { min: 0 })
  checkNumber(subject, 'maxMs', options.maxMs, { min: 1 })
  const { timeLeft } = options
  if (timeLeft === undefined || timeLeft === false) return
  checkKnown(subject, timeLeft, ['minimumMs', 'hopeless', 'minimumSamples'])
  checkNumber(subject, 'timeLeft.minimumMs', timeLeft.minimumMs, { min: 0 })
  checkNumber(subject, 'timeLeft.hopeless', timeLeft.hopeless, { min: 0, max: 1 })
  // Halving leaves at least 432 observations: a larger minimum would pause the check again and again.
  checkNumber(subject, 'timeLeft.minimumSamples', timeLeft.minimumSamples, {
    min: 1,
    max: 400,
    integer: true,
  })
}
