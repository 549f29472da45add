import type { Random } from '@watertight/policy/decisions'
import { OperationPattern, pathSegments } from '../operations/operation-pattern.js'
import { checkFaultRule, type FaultEnd, type FaultRule } from './fault-rule.js'
import { type DrawLatency, latencySource } from './latency.js'

/** What a request is to faults. */
export interface StruckRequest {
  readonly method: string
  /** With its query, if it has one. */
  readonly path: string
}

/** What goes wrong with one request. */
export interface Fault {
  /** Milliseconds to wait first. */
  readonly delayMs: number
  /** How it ends; undefined when it only comes late. */
  readonly end: FaultEnd | undefined
  /** `after`: the work is done, and its answer is replaced. */
  readonly when: 'before' | 'after'
}

/** A rule that is in force, as somebody who looks sees it. */
export interface FaultInForce {
  readonly rule: FaultRule
  /** Milliseconds until it ends by itself; `Infinity` if it does not. */
  readonly leftMs: number
  /** Requests that it has struck so far. */
  readonly struck: number
}

/**
 * Decides which requests fail on purpose, and how: the same decision for a test's upstream, for a client, for a server
 * and for a proxy. Nothing is struck until rules are in force. O(rules) a request.
 */
export class Faults {
  readonly #random: Random
  #rules: ActiveRule[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /**
   * Puts rules in force from now on, in place of those before. Delays of several rules add up, and the first end counts.
   *
   * @throws {OptionError} when a rule is wrong; those before stay in force then
   */
  inject(rules: readonly FaultRule[], now: number): void {
    this.#rules = rules.map((rule) => new ActiveRule(rule, now))
  }

  clear(): void {
    this.#rules = []
  }

  inForce(now: number): readonly FaultInForce[] {
    return this.#rules
      .filter((active) => active.isInForce(now))
      .map(({ rule, endsAt, struck }) => ({ rule, leftMs: endsAt - now, struck }))
  }

  /** What goes wrong with a request that begins now; undefined when nothing does. */
  strike(now: number, request: StruckRequest): Fault | undefined {
    if (this.#rules.length === 0) return undefined
    const segments = pathSegments(request.path)
    let fault: Fault | undefined
    for (const active of this.#rules) {
      // A rule is not used up on a request that another one has ended already.
      const isEnded = fault?.end !== undefined && active.rule.end !== undefined
      if (isEnded || !active.isInForce(now)) continue
      if (!active.strikes(request.method, segments, this.#random)) continue
      const own = active.fault(this.#random)
      fault = fault === undefined ? own : joined(fault, own)
    }
    return fault
  }
}

function joined(first: Fault, second: Fault): Fault {
  const { end, when } = first.end === undefined ? second : first
  return { delayMs: first.delayMs + second.delayMs, end, when }
}

/** One rule, and what is left of it. */
class ActiveRule {
  readonly rule: FaultRule
  readonly endsAt: number
  struck: number = 0
  readonly #pattern: OperationPattern | undefined
  readonly #delay: DrawLatency

  constructor(rule: FaultRule, now: number) {
    checkFaultRule(rule)
    this.rule = rule
    this.endsAt = now + (rule.forMs ?? Infinity)
    this.#pattern = rule.requests === undefined ? undefined : new OperationPattern(rule.requests)
    this.#delay = latencySource(rule.delay ?? 0, 'fault', 'delay')
  }

  isInForce(now: number): boolean {
    return this.struck < (this.rule.times ?? Infinity) && now < this.endsAt
  }

  strikes(method: string, segments: readonly string[], random: Random): boolean {
    if (this.#pattern?.matches(method, segments) === false) return false
    const { share = 1 } = this.rule
    if (share < 1 && random() >= share) return false
    this.struck += 1
    return true
  }

  fault(random: Random): Fault {
    const { end, when = 'before' } = this.rule
    return { delayMs: this.#delay(random), end, when: when === 'either' ? drawn(random) : when }
  }
}

const drawn = (random: Random): 'before' | 'after' => (random() < 0.5 ? 'before' : 'after')
