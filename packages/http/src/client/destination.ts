import type { DestinationRecorder } from '@watertight/telemetry'
import {
  defaultRetryOn,
  EndpointSet,
  hashText,
  RouteTable,
  RetryConditions,
  isUnanswered,
  type TimeLimits,
} from '@watertight/traffic'
import { clock } from '../runtime/clock.js'
import { random } from '../runtime/random.js'
import { type ConnectionOptions, Endpoint, type EndpointAddress } from './connections/endpoint.js'
import { readProxy } from './connections/proxy-settings.js'
import { Resolver } from './connections/resolver.js'
import { ClosedError } from './failure/request-error.js'
import { TransportError } from './failure/transport-error.js'
import { Fallback } from './fallback/fallback.js'
import { CallGuards } from './policies/call-guards.js'
import { compose, composeObserved, DEFAULT_TOTAL_MS } from './policies/compose.js'
import { EventRelay } from './policies/event-relay.js'
import { type Observations, Observer } from './policies/observer.js'
import { isRefusal } from './policies/judgement.js'
import {
  type FetchInit,
  type OutgoingRequest,
  type OutgoingRules,
  outgoingRequest,
} from './request/outgoing-request.js'
import { FetchResponse } from './response/fetch-response.js'
import { carryScopes } from '../scope/request-scope.js'
import { type ExchangeLimits, exchangeLimits } from './call/exchange-limits.js'
import type { Exchange } from './call/exchange.js'
import { watchForgotten } from './call/forgotten-responses.js'
import { Call } from './call/call.js'
import { checkFetchOptions } from './check-fetch-options.js'
import { basePathOf, endpointUrls } from './endpoint-urls.js'
import type { CallPolicies, FetchOptions } from './fetch-options.js'

/** One service as it is called from here: its endpoints, its policies, and every call of it. */
export class Destination {
  readonly name: string
  readonly endpoints: EndpointSet<Endpoint>
  readonly guards: CallGuards
  readonly policy: EventRelay
  readonly recorder: DestinationRecorder | undefined
  routes: RouteTable = new RouteTable()
  limits: ExchangeLimits
  retryOn: RetryConditions = new RetryConditions(defaultRetryOn)
  readonly #options: FetchOptions
  readonly #origins: ReadonlySet<string>
  readonly #resolver: Resolver | undefined
  #policies: CallPolicies
  #fallback: Fallback | undefined = undefined
  #observer: Observer | undefined = undefined
  #totalMs: number = DEFAULT_TOTAL_MS
  /** A total that was asked for covers the body too; the default ends with its head, for streams run for hours. */
  #limitsBody: boolean = false
  #resolved: Promise<void> | undefined = undefined
  #closed: boolean = false

  constructor(options: FetchOptions, guards: CallGuards = new CallGuards()) {
    checkFetchOptions(options)
    carryScopes()
    const urls = endpointUrls(options.endpoints)
    this.#options = options
    this.#policies = options
    this.name = options.name ?? urls[0]!.host
    this.#origins = new Set(urls.map((url) => url.origin))
    this.#resolver = options.resolve === undefined ? undefined : new Resolver(urls, options.resolve)
    this.#rules = {
      replayBytesMax: options.replayBytesMax ?? REPLAY_BYTES_MAX,
      basePath: basePathOf(urls),
      isKnownOrigin: this.#knows,
    }
    this.guards = guards
    this.endpoints = new EndpointSet({
      name: this.name,
      balance: options.balance ?? 'least-request',
      ejection: options.ejection,
      random,
    })
    this.#replaceEndpoints(urls.map((url) => ({ origin: url.origin, host: undefined })))
    this.limits = exchangeLimits(NO_LIMITS, options.bodyBytesMax ?? BODY_BYTES_MAX)
    this.policy = new EventRelay(this.#reconfigure(options))
    const { policy, name: to } = this
    // As a whole, for its parts come and go with the options.
    this.recorder = options.telemetry?.destination({ to, policy, parts: guards })
    this.endpoints.onEjection = (endpoint, ejected) => this.recorder?.ejection(endpoint, ejected)
  }

  get policies(): CallPolicies {
    return this.#policies
  }

  /** What would have been done, in observe mode. */
  get observations(): Observations | undefined {
    return this.#observer?.counts(this.guards.breaker?.metrics.wouldHaveRefused ?? 0)
  }

  /** What a ring is entered with; nothing for other ways to choose. */
  hashOf(call: Call): number | undefined {
    if (this.#policies.balance !== 'ring-hash') return undefined
    return hashText(call.key ?? call.request.path)
  }

  /** New policies from the next call on, with the state of the old ones. */
  update(policies: CallPolicies): void {
    checkPolicies(policies)
    this.policy.replace(this.#reconfigure(policies))
    this.endpoints.reconfigure(policies.balance ?? 'least-request', policies.ejection)
  }

  /** The origin belongs to it, by its address or by its name. */
  serves(origin: string): boolean {
    return this.#knows(origin)
  }

  /** No call is under way. */
  get isIdle(): boolean {
    return this.endpoints.all.every(({ active }) => active === 0)
  }

  /** How long a call may take, until the head of its answer at least; `Infinity` for no limit. */
  get totalMs(): number {
    return this.#totalMs
  }

  /** The request that these arguments of a `fetch` ask for. */
  read(input: string | URL | Request, init?: FetchInit): OutgoingRequest | Promise<OutgoingRequest> {
    return outgoingRequest(input, init, this.#rules)
  }

  /** Makes one call: its attempts, and what stands in for an answer that does not come. */
  async send(request: OutgoingRequest, init: FetchInit | undefined): Promise<Response> {
    if (this.#closed) throw new ClosedError()
    const startedAt = clock.now()
    if (this.#resolver !== undefined) await this.#resolve(this.#resolver, startedAt)
    const call = new Call(this, request, init, startedAt)
    const { signal } = request
    const { key, mayHedge, priority } = call
    const observer = this.#observer
    observer?.began(startedAt)
    let response: FetchResponse
    try {
      response = await this.policy.execute(call.attempt, { signal, key, idempotent: mayHedge, priority })
    } catch (error) {
      call.abandon(error as Error)
      observer?.ended(clock.now() - startedAt, error instanceof TransportError && error.retryable)
      return await this.#failed(call, error)
    }
    call.take(response)
    observer?.ended(clock.now() - startedAt, response.mayRepeat())
    const exchange = FetchResponse.sourceOf(response) as Exchange
    if (!exchange.over) {
      exchange.watchBody(this.#limitsBody ? call.deadline : Infinity, this.#totalMs, signal)
      watchForgotten(response, exchange)
    }
    if (signal !== undefined) FetchResponse.bind(response, signal)
    if (this.#fallback !== undefined) return await this.#answeredOrReplaced(this.#fallback, call, response)
    return this.#answered(call, response)
  }

  /** Another origin, called as this one is: where a redirect leads. */
  toOrigin(origin: string): Destination {
    const { name: _name, resolve: _resolve, ...options } = this.#options
    return new Destination({ ...options, ...this.#policies, endpoints: origin })
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.endpoints.all.map((endpoint) => endpoint.close()))
  }

  async destroy(): Promise<void> {
    this.#closed = true
    await Promise.all(this.endpoints.all.map((endpoint) => endpoint.destroy()))
  }

  #answered(call: Call, response: FetchResponse): Response {
    call.report(response.status >= 500 ? 'failure' : 'success', response.status)
    return response
  }

  async #answeredOrReplaced(fallback: Fallback, call: Call, response: FetchResponse): Promise<Response> {
    if (isUnanswered(response.status)) {
      const error = new Error(`${this.name} answered ${response.status}`)
      const other = await this.#replacement(fallback, call, error)
      if (other === undefined) return this.#answered(call, response)
      response.discard()
      return other
    }
    await fallback.remember(call.request, fallbackKey(call), response)
    return this.#answered(call, response)
  }

  async #failed(call: Call, error: unknown): Promise<Response> {
    const aborted = call.request.signal?.aborted === true && error === call.request.signal.reason
    const outcome = aborted ? 'aborted' : isRefusal(error) ? 'refused' : 'failure'
    if (outcome === 'refused') call.span?.event('refusal', { code: (error as { code: string }).code })
    const other =
      this.#fallback === undefined || aborted
        ? undefined
        : await this.#replacement(this.#fallback, call, error)
    if (other !== undefined) return other
    call.report(outcome, 0, error)
    throw error
  }

  /** The answer of the fallback, if it has one. */
  async #replacement(fallback: Fallback, call: Call, error: unknown): Promise<Response | undefined> {
    const { request } = call
    let other: Response | undefined
    try {
      other = await fallback.answer({ request, key: fallbackKey(call), error })
    } catch (thrown) {
      call.report('failure', 0, thrown)
      throw thrown
    }
    if (other === undefined) return undefined
    this.policy.emit('fallback', 'fallback', { error })
    call.span?.event('fallback')
    call.report('fallback', other.status, error)
    return other
  }

  #reconfigure(policies: CallPolicies): ReturnType<typeof compose> {
    const observes = policies.mode === 'observe'
    const { timeout = {}, retry, fallback, operations } = policies
    this.guards.reconfigure(policies)
    this.#policies = policies
    this.limits = exchangeLimits(
      timeout === false || observes ? NO_LIMITS : timeout,
      this.#options.bodyBytesMax ?? BODY_BYTES_MAX,
    )
    this.#limitsBody = timeout !== false && timeout.totalMs !== undefined
    this.#totalMs = timeout === false ? Infinity : (timeout.totalMs ?? DEFAULT_TOTAL_MS)
    this.retryOn = new RetryConditions((retry === false ? undefined : retry?.on) ?? defaultRetryOn)
    this.routes = new RouteTable(
      operations === undefined ? [] : operations instanceof Map ? operations : Object.entries(operations),
    )
    if (fallback === undefined || observes) this.#fallback = undefined
    else if (this.#fallback === undefined) this.#fallback = new Fallback(fallback)
    else this.#fallback.reconfigure(fallback)
    this.endpoints.enforcesEjection = !observes
    if (!observes) this.#observer = undefined
    else if (this.#observer === undefined) this.#observer = this.#newObserver(policies)
    else this.#observer.reconfigure(policies)
    return observes ? composeObserved(this.guards) : compose(policies, this.guards)
  }

  #newObserver(policies: CallPolicies): Observer {
    const observer = new Observer(policies)
    observer.onRefusal = (policy, { code, retryAfterMs }) => {
      this.policy.emit('would-refuse', policy, { code, retryAfterMs })
    }
    return observer
  }

  #connections(): ConnectionOptions {
    const {
      tls,
      allowH2 = false,
      keepAliveMs = 4_000,
      headerBytesMax = 16_384,
      lookup,
      socketPath,
      connectionsMax,
    } = this.#options
    const connectMs = (): number => {
      const { timeout } = this.#policies
      return timeout === false ? Infinity : (timeout?.connectMs ?? CONNECT_MS)
    }
    const proxy = readProxy(this.#options.proxy, process.env)
    return {
      connectMs,
      lookup,
      socketPath,
      proxy,
      tls,
      allowH2,
      keepAliveMs,
      headerBytesMax,
      max: connectionsMax ?? 1_024,
    }
  }

  #replaceEndpoints(addresses: readonly EndpointAddress[]): void {
    const create = (address: EndpointAddress, index: number): Endpoint =>
      new Endpoint(address, index, this.#connections())
    // Requests under way at those that are gone end as usual.
    for (const gone of this.endpoints.replace(addresses, create)) void gone.close()
  }

  /** Calls wait for the first addresses, and later ones are found beside them. */
  async #resolve(resolver: Resolver, now: number): Promise<void> {
    if (resolver.isDue(now)) {
      const found = resolver.resolve(now).then((addresses) => this.#replaceEndpoints(addresses))
      this.#resolved ??= found
    }
    await this.#resolved
  }

  readonly #rules: OutgoingRules
  readonly #knows = (origin: string): boolean =>
    this.#origins.has(origin) || origin === `http://${this.name}` || origin === `https://${this.name}`
}

/**
 * Refuses policies that cannot be honoured before any of them takes effect: what they check for themselves is found by
 * making them once, for nothing.
 *
 * @throws {OptionError} for the first option at fault
 */
export function checkPolicies(policies: CallPolicies): void {
  checkFetchOptions({ ...policies, endpoints: [] })
  new CallGuards().reconfigure(policies)
}

const NO_LIMITS: TimeLimits = { responseHeadersMs: Infinity, bodyIdleMs: Infinity }
const BODY_BYTES_MAX = 16 * 1_024 * 1_024
const CONNECT_MS = 5_000
const REPLAY_BYTES_MAX = 65_536

function fallbackKey(call: Call): string {
  return call.key ?? call.request.path
}
