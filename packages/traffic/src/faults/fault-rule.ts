import {
  checkOptions,
  integer,
  oneOf,
  refusedOption,
  share,
  text,
  above,
  type Rule,
} from '@watertight/policy/options'
import type { Latency } from './latency.js'

/**
 * How a struck request ends: with this status, or without an answer.
 *
 * - `reset`: the connection is reset
 * - `hang`: nothing ever comes
 * - `cut`: half of the answer comes, then a reset
 * - `stall`: half of the answer comes, and then nothing
 */
export type FaultEnd = number | FaultKind

export type FaultKind = (typeof faultKinds)[number]

export const faultKinds = ['reset', 'hang', 'cut', 'stall'] as const

/** What is to go wrong, and for which requests. */
export interface FaultRule {
  /** Which requests it may strike: `POST /charges`, or `/orders/:id` by any method. Default all. */
  readonly requests?: string | undefined
  /** The share of them that are struck, from 0 to 1. Default 1. */
  readonly share?: number | undefined
  /** Strikes this many and no more, an integer >= 1. Default: no limit. */
  readonly times?: number | undefined
  /** Ends by itself after so many milliseconds > 0, so that nothing stays broken that was forgotten. Default: never. */
  readonly forMs?: number | undefined
  /**
   * Whether the work is done: `before` it, `after` it, so that only its answer is lost, or either with equal chance, as
   * with a real failure. Default `before`.
   */
  readonly when?: 'before' | 'after' | 'either' | undefined
  /** Added before anything else happens. Default none. */
  readonly delay?: Latency | undefined
  /** How the request ends. Default as it would have: it is only late. */
  readonly end?: FaultEnd | undefined
}

const faultEnd: Rule = {
  allowed: `a status from 200 to 599, or one of ${faultKinds.map((kind) => `'${kind}'`).join(', ')}`,
  accepts: (value) =>
    faultKinds.includes(value as FaultKind) ||
    (Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599),
}
const latency: Rule = {
  allowed: 'a latency',
  accepts: (value) => typeof value === 'number' || (typeof value === 'object' && value !== null),
}
const rules = {
  requests: text,
  share,
  times: integer(1),
  forMs: above(0, 'a finite number of milliseconds'),
  when: oneOf('before', 'after', 'either'),
  delay: latency,
  end: faultEnd,
}

/** @throws {OptionError} when a rule has an unknown option, one out of its range, or says nothing that goes wrong */
export function checkFaultRule(rule: FaultRule): void {
  checkOptions('fault', rule, rules)
  if (rule.delay === undefined && rule.end === undefined) {
    throw refusedOption('fault', 'end', 'given where there is no delay', undefined)
  }
}
