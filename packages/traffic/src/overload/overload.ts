import { PriorityCut } from './priority-cut.js'
import { resources, type ProcessLoad, type ProcessLoadProbe, type Resource } from './process-load.js'

/** How much a process may bear before a part of its requests is shed. A limit of `Infinity` is none. */
export interface OverloadOptions {
  /** How long a request may wait for the event loop to turn, on average, in milliseconds. Default 100. */
  readonly eventLoopDelayMs?: number
  /** Which share of the time the event loop may work, above 0 and at most 1. Default none. */
  readonly eventLoopUtilization?: number
  /** Which share of the largest JavaScript heap may be in use, above 0 and at most 1. Default 0.9. */
  readonly heapUsed?: number
  /** Memory that the process may hold, in bytes. Default none: what it has freed may stay with it for long. */
  readonly rssBytes?: number
  /** For how long it is measured before anything is decided, in milliseconds, at least 50. Default 500. */
  readonly sampleMs?: number
}

/** How an overload stands, for metrics. */
export interface OverloadState {
  /** Which share of the requests is let in, 0..1. */
  readonly admitted: number
  /** Requests that were shed so far. */
  readonly shed: number
  /** What was measured last, as a share of its limit: 1 is at the limit; 0 where there is none. */
  pressure(resource: Resource): number
}

/** Below this share of every limit, more is let in again; in between, everything stays as it is. */
const CALM = 0.8
/** A sample over a limit takes away between a tenth and half of what is let in: the more it is over, the more. */
const LEAST_CUT = 0.9
const MOST_CUT = 0.5
/** What a calm sample gives back. */
const RECOVERY = 0.1
/** So much is always let in, or nothing would show that the process has recovered under a steady load. */
const ADMITTED_MIN = 0.02

/**
 * Sheds a share of the requests while the process has more to bear than it can, the least important first.
 *
 * A limit of requests in flight does not see this: handlers that compute delay the event loop for everybody, while each
 * of them still looks quick. As in DAGOR (Zhou et al., "Overload Control for Scaling WeChat Microservices", 2018), what is
 * let in falls by a factor while a limit is exceeded and grows by steps while nothing is near one, so that it settles
 * where the process can just bear it; and the priorities of the latest requests say which ones those are. Envoy's
 * overload manager has the same resources and limits. O(1) for a request, O(201) for a sample.
 *
 * Nothing is measured between requests: the first one after a sample's time has it taken.
 */
export class Overload implements OverloadState {
  readonly #limits: ProcessLoad
  readonly #sampleMs: number
  readonly #probe: ProcessLoadProbe
  readonly #cut: PriorityCut = new PriorityCut()
  #load: ProcessLoad = { eventLoopDelayMs: 0, eventLoopUtilization: 0, heapUsed: 0, rssBytes: 0 }
  #sampledAt: number
  #admitted: number = 1
  #shed: number = 0

  constructor(options: OverloadOptions, probe: ProcessLoadProbe, now: number) {
    this.#limits = overloadLimits(options)
    this.#sampleMs = options.sampleMs ?? 500
    this.#probe = probe
    this.#sampledAt = now
  }

  get admitted(): number {
    return this.#admitted
  }

  get shed(): number {
    return this.#shed
  }

  pressure(resource: Resource): number {
    const pressure = this.#load[resource] / this.#limits[resource]
    // What could not be measured presses nobody.
    return pressure > 0 ? pressure : 0
  }

  /** Whether a request of this priority, from -100 to 100, is one too many. Every request is to be asked about, once. */
  sheds(priority: number, now: number): boolean {
    const passedMs = now - this.#sampledAt
    if (passedMs >= this.#sampleMs) this.#sample(Math.floor(passedMs / this.#sampleMs), now)
    const isShed = this.#cut.isBelow(priority)
    if (isShed) this.#shed += 1
    return isShed
  }

  #sample(samples: number, now: number): void {
    this.#load = this.#probe()
    this.#sampledAt = now
    const pressure = Math.max(...resources.map((resource) => this.pressure(resource)))
    if (pressure >= 1) {
      const kept = Math.min(LEAST_CUT, Math.max(MOST_CUT, 1 / pressure))
      this.#admitted = Math.max(ADMITTED_MIN, this.#admitted * kept)
    } else if (pressure < CALM) {
      // Samples that nobody came to take were calm too.
      this.#admitted = Math.min(1, this.#admitted + RECOVERY * samples)
    }
    this.#cut.set(1 - this.#admitted)
  }
}

/** The limits that options name, or leave as they are by default. */
export function overloadLimits(options: OverloadOptions): ProcessLoad {
  const {
    eventLoopDelayMs = 100,
    eventLoopUtilization = Infinity,
    heapUsed = 0.9,
    rssBytes = Infinity,
  } = options
  return { eventLoopDelayMs, eventLoopUtilization, heapUsed, rssBytes }
}
