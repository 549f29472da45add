import type { IncomingHttpHeaders } from 'node:http'
import type { Random } from '@watertight/policy/decisions'
import { checkOptions, having, integer, record, type Rule } from '@watertight/policy/options'
import { seededRandom } from '@watertight/policy/testing'
import { type Fault, type FaultRule, Faults, OperationPattern, pathSegments } from '@watertight/traffic'
import type { Clock } from '../runtime/clock.js'
import { type Reply, UpstreamScript, type UpstreamStep } from './upstream-script.js'

/** How an upstream of a test answers, over sockets or in memory. */
export interface UpstreamOptions {
  /** For requests without a route of their own. Default answers 200 at once. */
  readonly script?: readonly UpstreamStep[]
  /** Scripts by method and path, `:name` stands for any segment: `{ 'GET /items/:id': [...] }`. */
  readonly routes?: Readonly<Record<string, readonly UpstreamStep[]>>
  /** What goes wrong besides, whatever the script says. */
  readonly faults?: readonly FaultRule[]
  /** Of latencies and shares. Default 1: every run is the same. */
  readonly seed?: number
  /** Waits out the latencies. Default the one that policies read, which is a virtual one once that is installed. */
  readonly clock?: Clock
}

/** A request as the upstream got it. */
export interface UpstreamRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** At most its first 64 KiB, as UTF-8. */
  readonly body: string
  /** What it was answered with; 0 for a fault. */
  readonly status: number
}

const list: Rule = { allowed: 'a list', accepts: Array.isArray }
const rules = {
  script: list,
  routes: record,
  faults: list,
  seed: integer(0),
  clock: having('setTimer', 'a clock'),
}
const REQUESTS_MAX = 10_000

/** What an upstream answers, and what it was asked. */
export class UpstreamReplies {
  readonly requests: UpstreamRequest[] = []
  readonly #random: Random
  readonly #routes: readonly { readonly pattern: OperationPattern; readonly script: UpstreamScript }[]
  readonly #faults: Faults
  #script: UpstreamScript

  /** @throws {OptionError} when an option is unknown or out of its range */
  constructor(subject: string, options: UpstreamOptions, now: number) {
    checkOptions(subject, options, rules)
    const { script = [], routes = {}, faults = [], seed = 1 } = options
    this.#random = seededRandom(seed)
    this.#script = new UpstreamScript(script, this.#random)
    this.#routes = Object.entries(routes).map(([route, steps]) => ({
      pattern: new OperationPattern(route),
      script: new UpstreamScript(steps, this.#random),
    }))
    this.#faults = new Faults(this.#random)
    this.#faults.inject(faults, now)
  }

  play(script: readonly UpstreamStep[]): void {
    this.#script = new UpstreamScript(script, this.#random)
  }

  /** The next reply, which is noted as answered to this request. */
  next(request: Omit<UpstreamRequest, 'status'>, now: number): Reply {
    const { method, path } = request
    const segments = pathSegments(path)
    const own = this.#routes.find(({ pattern }) => pattern.matches(method, segments))
    const scripted = (own?.script ?? this.#script).next(method, path)
    const fault = this.#faults.strike(now, request) ?? scripted.fault
    this.requests.push({ ...request, status: statusOf(scripted.status, fault) })
    if (this.requests.length > REQUESTS_MAX) this.requests.shift()
    return typeof fault?.end === 'number'
      ? { status: fault.end, headers: {}, body: '', fault }
      : { ...scripted, fault }
  }
}

function statusOf(status: number, fault: Fault | undefined): number {
  if (fault?.end === undefined) return status
  return typeof fault.end === 'number' ? fault.end : 0
}
