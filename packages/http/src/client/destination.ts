import type { OperationContext, Policy } from '@watertight/policy'
import type { DestinationRecorder } from '@watertight/telemetry'
import {
  composeObserved,
  EndpointSet,
  type Observations,
  StatefulPolicies,
  verdictsOf,
} from '@watertight/traffic'
import { clock } from '../runtime/clock.js'
import { faultsOf } from '../runtime/faults-of.js'
import { random } from '../runtime/random.js'
import { carryScopes } from '../scope/current-scope.js'
import { exchangeCall } from './call/exchange-call.js'
import { type CallContext, OutgoingCall } from './call/outgoing-call.js'
import { checkFetchOptions } from './check-fetch-options.js'
import { Endpoint, type EndpointAddress } from './connections/endpoint.js'
import { faultyTransport } from './connections/faulty-transport.js'
import { FirstAddresses } from './connections/first-addresses.js'
import { readProxy } from './connections/proxy-settings.js'
import { Resolver } from './connections/resolver.js'
import { socketTransport } from './connections/socket-transport.js'
import type { Transport } from './connections/transport.js'
import { type DestinationSettings, destinationSettings } from './destination-settings.js'
import { basePathOf, endpointUrls } from './endpoint-urls.js'
import { clientFailures } from './failure/client-failures.js'
import { ClosedError } from './failure/request-error.js'
import type { CallPolicies, FetchOptions } from './fetch-options.js'
import { compose } from './policies/compose.js'
import { RelayedPolicy } from './policies/relayed-policy.js'
import type { FetchInit } from './request/fetch-init.js'
import { type OutgoingRequest, type OutgoingRules, outgoingRequest } from './request/outgoing-request.js'
import { REPLAY_BYTES_MAX } from './request/replayable-stream.js'

/** One service as it is called from here: its endpoints, and the settings in force. */
export class Destination implements CallContext {
  readonly name: string
  readonly endpoints: EndpointSet<Endpoint>
  readonly stateful: StatefulPolicies
  readonly policy: RelayedPolicy
  readonly recorder: DestinationRecorder | undefined
  /** Its answers are entered into the timeline of the process. */
  readonly timesResources: boolean
  settings: DestinationSettings
  readonly #options: FetchOptions
  #origins: ReadonlySet<string> = new Set()
  #resolver: Resolver | undefined
  readonly #transport: Transport
  #rules: OutgoingRules
  /** Until the names of the endpoints are resolved for the first time. */
  #firstAddresses: FirstAddresses | undefined
  #closed: boolean = false

  constructor(options: FetchOptions, stateful: StatefulPolicies = new StatefulPolicies(clientFailures)) {
    checkFetchOptions(options)
    carryScopes()
    const urls = endpointUrls(options.endpoints)
    const { balance, ejection, warmUpMs } = options
    this.#options = options
    this.timesResources = options.resourceTiming === true
    this.name = options.name ?? urls[0]!.host
    stateful.name ??= this.name
    this.#transport = this.#transportOf(options)
    this.#rules = this.#rulesFor(urls)
    this.#firstAddresses = this.#resolver && new FirstAddresses(urls[0]!.origin)
    this.stateful = stateful
    this.settings = destinationSettings(options, this.#bodyBytesMax, undefined)
    this.endpoints = new EndpointSet({ name: this.name, balance, ejection, warmUpMs, random })
    this.#replaceEndpoints(urls.map((url) => ({ origin: url.origin, host: undefined })))
    this.policy = new RelayedPolicy(this.#policyInForce())
    const { policy, name: to } = this
    // As a whole, for its parts come and go with the options.
    this.recorder = options.telemetry?.destination({ to, policy, parts: stateful })
    this.endpoints.onEjection = (endpoint, ejected) => this.recorder?.ejection(endpoint, ejected)
  }

  /** What would have been done, in observe mode. */
  get observations(): Observations | undefined {
    return this.settings.observer?.counts(this.stateful.breaker?.metrics.wouldHaveRefused ?? 0)
  }

  /** New policies from the next call on, with the state of the old ones. */
  update(policies: CallPolicies): void {
    checkPolicies(policies)
    this.settings = destinationSettings(policies, this.#bodyBytesMax, this.settings)
    this.policy.replace(this.#policyInForce())
    this.endpoints.reconfigure(policies)
  }

  /** Other endpoints from the next call on; those that stay keep what is known of them, and their connections. */
  moveTo(endpoints: FetchOptions['endpoints']): void {
    const urls = endpointUrls(endpoints)
    if (urls.length === this.#origins.size && urls.every(({ origin }) => this.#origins.has(origin))) return
    this.#rules = this.#rulesFor(urls)
    // Names are looked up with the next call; what is known of the former ones serves until then.
    if (this.#resolver === undefined)
      this.#replaceEndpoints(urls.map(({ origin }) => ({ origin, host: undefined })))
  }

  /** The origin belongs to it, by its address or by its name. */
  serves(origin: string): boolean {
    return this.#origins.has(origin) || origin === `http://${this.name}` || origin === `https://${this.name}`
  }

  /** No call is under way. */
  get isIdle(): boolean {
    return this.endpoints.all.every(({ active }) => active === 0)
  }

  /** The request that these arguments of a `fetch` ask for. */
  read(input: string | URL | Request, init?: FetchInit): OutgoingRequest | Promise<OutgoingRequest> {
    return outgoingRequest(input, init, this.#rules)
  }

  /** Makes one call: its attempts, and what stands in for an answer that does not come. */
  async send(request: OutgoingRequest): Promise<Response> {
    if (this.#closed) throw new ClosedError()
    const startedAt = clock.now()
    if (this.#resolver?.isDue(startedAt) === true) this.#resolve(this.#resolver, startedAt)
    return await exchangeCall(new OutgoingCall(this, request, startedAt), this)
  }

  /**
   * What an attempt waits for before it can choose an endpoint, within the time that it has to connect; undefined from
   * the first addresses on.
   */
  addressed(operation: OperationContext): Promise<void> | undefined {
    if (this.#firstAddresses === undefined) return undefined
    const attemptMs = this.settings.limits.attempt?.durationMs ?? Infinity
    // Only here is the signal of the operation made, which costs a call more than most of its way.
    return this.#firstAddresses.wait(Math.min(this.#connectMs, attemptMs), operation.signal)
  }

  /** Another origin, called as this one is: where a redirect leads. */
  toOrigin(origin: string): Destination {
    const { name: _name, resolve: _resolve, ...options } = this.#options
    return new Destination({ ...options, ...this.settings.policies, endpoints: origin })
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.endpoints.all.map((endpoint) => endpoint.close()))
  }

  async destroy(): Promise<void> {
    this.#closed = true
    this.#firstAddresses?.fail(new ClosedError())
    await Promise.all(this.endpoints.all.map((endpoint) => endpoint.destroy()))
  }

  get #connectMs(): number {
    const { timeout } = this.settings.policies
    return timeout === false ? Infinity : (timeout?.connectMs ?? CONNECT_MS)
  }

  get #bodyBytesMax(): number {
    return this.#options.bodyBytesMax ?? BODY_BYTES_MAX
  }

  /** Puts the settings in force into the parts that remember something, and composes these anew. */
  #policyInForce(): Policy {
    const { policies, verdicts, observer } = this.settings
    this.stateful.reconfigure(policies, verdicts)
    this.endpoints.enforcesEjection = observer === undefined
    if (observer === undefined) return compose(policies, this.stateful)
    observer.events = { emit: (type, policy, detail) => this.policy.emit(type, policy, detail) }
    return composeObserved(this.stateful)
  }

  /** Makes these its origins. */
  #rulesFor(urls: readonly URL[]): OutgoingRules {
    const { resolve, replayBytesMax = REPLAY_BYTES_MAX, transport } = this.#options
    this.#origins = new Set(urls.map(({ origin }) => origin))
    this.#resolver = resolve === undefined ? undefined : new Resolver(urls, resolve)
    return {
      replayBytesMax,
      origin: urls[0]!.origin,
      basePath: basePathOf(urls),
      isKnownOrigin: (origin) => this.serves(origin),
      heedsDoubles: transport === undefined,
    }
  }

  #transportOf(options: FetchOptions): Transport {
    const { transport = socketTransport(this.#connections()) } = options
    const faults = faultsOf(options.faults)
    return faults === undefined ? transport : faultyTransport(transport, faults)
  }

  #connections(): Parameters<typeof socketTransport>[0] {
    const {
      tls,
      allowH2 = false,
      keepAliveMs = 4_000,
      headerBytesMax = 16_384,
      lookup,
      socketPath,
      connectionsMax: max = 1_024,
    } = this.#options
    const proxy = readProxy(this.#options.proxy, process.env)
    const connectMs = (): number => this.#connectMs
    return { connectMs, tls, allowH2, lookup, socketPath, proxy, keepAliveMs, headerBytesMax, max }
  }

  #replaceEndpoints(addresses: readonly EndpointAddress[]): void {
    const create = (address: EndpointAddress, index: number): Endpoint =>
      new Endpoint(address, index, this.#transport)
    // Requests under way at those that are gone end as usual.
    for (const gone of this.endpoints.replace(addresses, create)) void gone.close()
  }

  /** Looks for addresses beside the calls: they wait for the first ones only. */
  #resolve(resolver: Resolver, now: number): void {
    resolver.resolve(now).then(
      (addresses) => {
        // It may have moved meanwhile.
        if (resolver !== this.#resolver) return
        this.#replaceEndpoints(addresses)
        this.#firstAddresses?.found()
        this.#firstAddresses = undefined
      },
      (error: unknown) => this.#firstAddresses?.fail(error as Error),
    )
  }
}

/**
 * Refuses policies that cannot be honoured before any of them takes effect: what they check for themselves is found by
 * making them once, for nothing.
 *
 * @throws {OptionError} for the first option at fault
 */
export function checkPolicies(policies: CallPolicies): void {
  checkFetchOptions({ ...policies, endpoints: [] })
  new StatefulPolicies(clientFailures).reconfigure(policies, verdictsOf(policies))
}

const BODY_BYTES_MAX = 16 * 1_024 * 1_024
const CONNECT_MS = 5_000
