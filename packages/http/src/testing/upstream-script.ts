import { OptionError } from '@watertight/policy'
import type { Random } from '@watertight/policy/decisions'
import { checkKnown, checkNumber, quote } from '../options/option-checks.js'
import { latencySource, type DrawLatency, type Latency } from './latency.js'

/**
 * What goes wrong instead of an answer:
 *
 * - `reset`: the connection is reset
 * - `hang`: nothing ever comes
 * - `cut`: half of the body comes, then a reset
 */
export type UpstreamFault = 'reset' | 'hang' | 'cut'

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
  readonly fault?: UpstreamFault
  /** The share, from 0 to 1, of requests that get `errorStatus` instead. Default 0. */
  readonly errorRate?: number
  /** Default 503. */
  readonly errorStatus?: number
}

/** What happens to one request. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly latencyMs: number
  readonly fault: UpstreamFault | undefined
}

const KNOWN = ['times', 'status', 'headers', 'body', 'json', 'latency', 'fault', 'errorRate', 'errorStatus']
const FAULTS: readonly unknown[] = [undefined, 'reset', 'hang', 'cut']

interface Scene {
  readonly step: UpstreamStep
  readonly latency: DrawLatency
  left: number
}

/** Plays the steps of a script, one request after the other. */
export class UpstreamScript {
  readonly #scenes: Scene[]
  readonly #random: Random

  /** @throws {OptionError} when a step has an unknown option, or one that is out of its range */
  constructor(steps: readonly UpstreamStep[], random: Random) {
    this.#random = random
    const given = steps.length === 0 ? [{}] : steps
    this.#scenes = given.map((step) => {
      checkStep(step)
      return { step, latency: latencySource(step.latency ?? 0), left: step.times ?? 1 }
    })
  }

  next(): Reply {
    const scene = this.#scenes[0]!
    scene.left -= 1
    if (scene.left <= 0 && this.#scenes.length > 1) this.#scenes.shift()
    const { step } = scene
    const latencyMs = scene.latency(this.#random)
    const { errorRate = 0, errorStatus = 503 } = step
    const isError = errorRate > 0 && this.#random() < errorRate
    return isError
      ? { status: errorStatus, headers: {}, body: '', latencyMs, fault: undefined }
      : { ...content(step), latencyMs, fault: step.fault }
  }
}

function content({
  status = 200,
  headers = {},
  body = '',
  json,
}: UpstreamStep): Omit<Reply, 'latencyMs' | 'fault'> {
  if (json === undefined) return { status, headers, body }
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) }
}

function checkStep(step: UpstreamStep): void {
  const subject = 'flaky upstream'
  checkKnown(subject, step, KNOWN)
  checkNumber(subject, 'times', step.times, { min: 1, integer: true })
  checkNumber(subject, 'status', step.status, { min: 200, max: 599, integer: true })
  checkNumber(subject, 'errorStatus', step.errorStatus, { min: 200, max: 599, integer: true })
  checkNumber(subject, 'errorRate', step.errorRate, { min: 0, max: 1 })
  if (FAULTS.includes(step.fault)) return
  throw new OptionError(
    `cannot create ${subject}: fault must be one of 'reset', 'hang', 'cut', got ${quote(step.fault)}`,
    'fault',
  )
}
