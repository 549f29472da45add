import type { Random } from '@watertight/policy/decisions'
import { anything, checkOptions, integer, oneOf, record, type Rule, share } from '@watertight/policy/options'
import {
  type Fault,
  type FaultKind,
  faultKinds,
  type FaultRule,
  Faults,
  type Latency,
  latencySource,
} from '@watertight/traffic'

/** How an upstream answers a number of requests, one after the other. */
export interface UpstreamStep {
  /** How many requests. Default 1; the last step of a script stays in force. */
  readonly times?: number
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is. */
  readonly body?: string
  /** Sent as JSON, in place of `body`. */
  readonly json?: unknown
  /** Before anything is answered. Default 0. */
  readonly latency?: Latency
  /** What goes wrong instead: `reset`, `hang`, `cut` (half of the body, then a reset), `stall` (half, then nothing). */
  readonly fault?: FaultKind
  /** The share, from 0 to 1, of requests that get `errorStatus` instead. Default 0. */
  readonly errorRate?: number
  /** Default 503. */
  readonly errorStatus?: number
}

/** What is answered to one request, if nothing goes wrong with it. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly fault: Fault | undefined
}

const aStatus = integer(200, 599)
const aText: Rule = { allowed: 'a text', accepts: (value) => typeof value === 'string' }
const rules = {
  times: integer(1),
  status: aStatus,
  headers: record,
  body: aText,
  json: anything,
  latency: anything,
  fault: oneOf(...faultKinds),
  errorRate: share,
  errorStatus: aStatus,
}

interface Scene {
  readonly step: UpstreamStep
  readonly faults: Faults
  left: number
}

/** Plays the steps of a script, one request after the other. */
export class UpstreamScript {
  readonly #scenes: Scene[]

  /** @throws {OptionError} when a step has an unknown option, or one that is out of its range */
  constructor(steps: readonly UpstreamStep[], random: Random) {
    const given = steps.length === 0 ? [{}] : steps
    this.#scenes = given.map((step) => {
      checkOptions('flaky upstream', step, rules)
      latencySource(step.latency ?? 0, 'flaky upstream')
      const faults = new Faults(random)
      faults.inject(faultRules(step), 0)
      return { step, faults, left: step.times ?? 1 }
    })
  }

  next(method: string, path: string): Reply {
    const scene = this.#scenes[0]!
    scene.left -= 1
    if (scene.left <= 0 && this.#scenes.length > 1) this.#scenes.shift()
    return { ...content(scene.step), fault: scene.faults.strike(0, { method, path }) }
  }
}

function faultRules({ latency, errorRate, errorStatus = 503, fault }: UpstreamStep): FaultRule[] {
  return [
    ...(latency === undefined ? [] : [{ delay: latency }]),
    ...(errorRate === undefined ? [] : [{ share: errorRate, end: errorStatus }]),
    ...(fault === undefined ? [] : [{ end: fault }]),
  ]
}

function content({ status = 200, headers = {}, body = '', json }: UpstreamStep): Omit<Reply, 'fault'> {
  if (json === undefined) return { status, headers, body }
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) }
}
