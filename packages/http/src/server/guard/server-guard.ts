import type { IncomingMessage, ServerResponse } from 'node:http'
import { callback, refusedOption } from '@watertight/policy/options'
import {
  readDeadline,
  readPriority,
  DEADLINE_HEADER,
  Overload,
  overloadLimits,
  type OverloadOptions,
  type OverloadState,
  PRIORITY_HEADER,
  RouteTable,
  Shedding,
  TimeLeft,
} from '@watertight/traffic'
import { measureProcessLoad } from '@watertight/telemetry/process'
import { type Clock, clock as runtimeClock } from '../../runtime/clock.js'
import { faultsOf } from '../../runtime/faults-of.js'
import { random } from '../../runtime/random.js'
import type { Health } from '../health/health.js'
import { closeAfterTooMuch, declaresTooMuch } from './body-limit.js'
import { checkGuardOptions, type ServerGuardOptions } from './guard-options.js'
import { GuardedRequest } from './guarded-request.js'
import { header, requestIdOf } from './request-id-of.js'
import { nodeListener, type GuardedHandler, type NodeListener } from './node-listener.js'
import type { RequestAdapter, RequestAdmission } from './request-adapter.js'
import { bodyTooLargeAnswer, callerGoneAnswer, handlerFailedAnswer } from './answers.js'
import { InFlightList } from './in-flight-list.js'
import { InFlightRequest, type GuardContext } from './in-flight-request.js'

const SHEDDING_DEFAULTS = { initialLimit: 100, maxLimit: 1_000, queue: 100 }
const BODY_BYTES_MAX = 1024 * 1024

/** Stands in front of all that a service answers. */
export interface ServerGuard extends RequestAdmission {
  readonly health: Health | undefined
  /** Requests that are being answered or wait for a slot. */
  readonly inFlight: number
  /** Requests whose callers have left while their work goes on. */
  readonly abandoned: number
  /** How many requests may run at once now; `Infinity` without shedding. */
  readonly limit: number
  /** Requests that wait for a slot. */
  readonly queued: number
  /** How much this process has to bear, if `overload` has it measured. */
  readonly overload: OverloadState | undefined
  /** The listener for `createServer` of `node:http`. A handler that throws, or rejects, answers 500. */
  listener(handler: GuardedHandler): NodeListener
  /** From now on every answer closes its connection, those of requests in flight included. */
  closeConnections(): void
  /** Aborts the signals of streams with a `DrainingError`, so that they end: of requests that are exempt, and of event streams. */
  endStreams(): void
}

/**
 * Guards the requests that a service answers: reads what they bring along (deadline, request id, priority, trace) and
 * hands it on to the calls made for them, refuses work that comes too late, sheds what is too much, and bounds bodies.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * import { createServer } from 'node:http'
 *
 * const guard = createServerGuard({ health: createHealth() })
 * const server = createServer(guard.listener((_request, response) => response.end('hello')))
 * server.listen(0, '127.0.0.1', () => server.close())
 */
export function createServerGuard(options: ServerGuardOptions = {}): ServerGuard {
  checkGuardOptions(options)
  return new Guard(options)
}

class Guard implements ServerGuard {
  readonly health: Health | undefined
  private readonly options: ServerGuardOptions
  private readonly context: GuardContext
  private isClosing: boolean = false

  constructor(options: ServerGuardOptions) {
    const { clock = runtimeClock, timeLeft = {}, shedding = {} } = options
    this.options = options
    this.health = options.health
    this.context = {
      clock,
      timeLeft: timeLeft === false ? undefined : new TimeLeft(timeLeft),
      shedding:
        shedding === false ? undefined : new Shedding({ ...SHEDDING_DEFAULTS, ...shedding }, clock, random),
      overload: overloadOf(options.overload, clock),
      faults: faultsOf(options.faults),
      recorder: options.telemetry?.server(this),
      routes: new RouteTable(),
      bodyBytesMax: options.bodyBytesMax ?? BODY_BYTES_MAX,
      retryAfterSeconds: options.retryAfterSeconds ?? 1,
      inFlight: new InFlightList(),
      abandoned: { count: 0 },
    }
  }

  get inFlight(): number {
    return this.context.inFlight.size
  }

  get abandoned(): number {
    return this.context.abandoned.count
  }

  get limit(): number {
    return this.context.shedding?.limit ?? Infinity
  }

  get queued(): number {
    return this.context.shedding?.queued ?? 0
  }

  get overload(): OverloadState | undefined {
    return this.context.overload
  }

  listener(handler: GuardedHandler): NodeListener {
    if (!callback.accepts(handler)) throw refusedOption('listener', 'handler', callback.allowed, handler)
    return nodeListener(this, handler, (error, message) => void this.report(error, message))
  }

  closeConnections(): void {
    this.isClosing = true
    for (const { response } of this.context.inFlight) response.shouldKeepAlive = false
  }

  endStreams(): void {
    for (const inFlight of this.context.inFlight) if (inFlight.isStream) inFlight.request.drain()
  }

  admit(message: IncomingMessage, response: ServerResponse, adapter: RequestAdapter): void {
    if (this.isClosing) response.shouldKeepAlive = false
    const health = this.health?.respond(message)
    if (health !== undefined) {
      void health.then((answer) => adapter.answer(answer))
      return
    }
    if (response.destroyed) {
      adapter.answer(callerGoneAnswer())
      return
    }
    const { exempt, route, priority } = this.options
    let isExempt: boolean
    let importance: number
    let template: string | undefined
    // The application's own functions read what strangers send: one that throws must not end the process.
    try {
      isExempt = exempt?.(message) === true
      importance =
        priority === undefined ? readPriority(header(message, PRIORITY_HEADER)) : within(priority(message))
      template = route === undefined ? adapter.route?.() : route(message)
    } catch (error) {
      void this.report(error, message)
      adapter.answer(handlerFailedAnswer(requestIdOf(message.headers)))
      return
    }
    const { bodyBytesMax, clock } = this.context
    const request = this.read(message, importance)
    const inFlight = new InFlightRequest(this.context, request, response, adapter, template)
    if (declaresTooMuch(message, bodyBytesMax)) {
      closeAfterTooMuch(response, bodyBytesMax, clock)
      inFlight.refuse(bodyTooLargeAnswer(request.requestId, bodyBytesMax))
    } else inFlight.begin(isExempt)
  }

  /** Hands an error to `onError`, whose own must neither keep the request from being answered nor end the process. */
  private async report(error: unknown, message: IncomingMessage): Promise<void> {
    const { onError = (cause: unknown) => console.error(cause) } = this.options
    try {
      await (onError(error, message) as unknown)
    } catch (cause) {
      console.error(cause)
    }
  }

  private read(message: IncomingMessage, priority: number): GuardedRequest {
    const { maxMs } = this.options
    const { clock } = this.context
    const now = clock.now()
    let deadline = readDeadline(header(message, DEADLINE_HEADER), now)
    if (maxMs !== undefined) deadline = Math.min(deadline, now + maxMs)
    return new GuardedRequest(message, clock, now, deadline, priority)
  }
}

/** From -100 to 100; 0 for what is no number, which would be more important than nothing and less than nothing. */
function within(priority: number): number {
  return Math.max(-100, Math.min(100, priority)) || 0
}

function overloadOf(options: OverloadOptions | undefined, clock: Clock): Overload | undefined {
  if (options === undefined) return undefined
  return new Overload(options, measureProcessLoad(overloadLimits(options)), clock.now())
}
