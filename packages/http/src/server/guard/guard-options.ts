import type { IncomingMessage } from 'node:http'
import type { AdaptiveLimitOptions } from '@watertight/policy/decisions'
import {
  atLeast,
  callback,
  checkOptions,
  having,
  integer,
  milliseconds,
  nested,
  number,
  orFalse,
  record,
  type Rules,
  share,
} from '@watertight/policy/options'
import type { Telemetry } from '@watertight/telemetry'
import { type FaultRule, Faults, type OverloadOptions, type TimeLeftOptions } from '@watertight/traffic'
import type { Clock } from '../../runtime/clock.js'
import type { Health } from '../health/health.js'

export interface ServerGuardOptions {
  /** Refuses work that is too late. `false`: deadlines are read and handed on, and refuse nothing. */
  readonly timeLeft?: TimeLeftOptions | false
  /**
   * How many requests run at once, from how they fare. Defaults as in `adaptiveLimit` of `@watertight/policy`, but
   * `initialLimit` 100, `maxLimit` 1000, `queue` 100. `false`: no limit.
   */
  readonly shedding?: AdaptiveLimitOptions | false
  /**
   * Sheds a share of the requests, the least important first, while the event loop is late or memory is short. `{}`: by
   * default limits. Default nothing is measured.
   */
  readonly overload?: OverloadOptions
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
  /**
   * What goes wrong on purpose with requests that are not exempt: to see how callers bear it. A `Faults` can be changed
   * while it is in use. Default nothing.
   */
  readonly faults?: readonly FaultRule[] | Faults
  /** Hears of what a plain handler throws, or one of these functions. Default writes it to standard error. */
  readonly onError?: (error: unknown, message: IncomingMessage) => void
  /** For tests. Default the one that policies read. */
  readonly clock?: Clock
}

const aboveZero = number('a number > 0', (value) => value > 0)
const shareOrNone = number(
  'a number above 0 and at most 1, or Infinity',
  (value) => value > 0 && (value <= 1 || value === Infinity),
)

const rules: Rules = {
  timeLeft: orFalse(
    nested({
      minimumMs: atLeast(0),
      minimumSuccessShare: share,
      // Halving leaves at least 432 observations: a larger minimum would pause the check again and again.
      minimumSamples: integer(1, 400),
    }),
  ),
  shedding: orFalse(record),
  overload: nested({
    eventLoopDelayMs: aboveZero,
    eventLoopUtilization: shareOrNone,
    heapUsed: shareOrNone,
    rssBytes: aboveZero,
    sampleMs: milliseconds(50),
  }),
  retryAfterSeconds: integer(0),
  bodyBytesMax: number('a number >= 0', (value) => value >= 0),
  maxMs: number('a number >= 1', (value) => value >= 1),
  route: callback,
  priority: callback,
  exempt: callback,
  health: having('respond', 'what createHealth gives'),
  telemetry: having('server', 'what createTelemetry gives'),
  faults: {
    allowed: 'a list of faults, or Faults',
    accepts: (value) => Array.isArray(value) || value instanceof Faults,
  },
  onError: callback,
  clock: having('setTimer', 'a clock'),
}

/** @throws {OptionError} when an option is unknown or out of its range */
export function checkGuardOptions(options: ServerGuardOptions): void {
  checkOptions('server guard', options, rules)
}
