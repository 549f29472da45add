import { type Policy, type RetryBudget, retryBudget } from '@watertight/policy'
import {
  expiryQueue,
  type ExpiryQueue,
  runtime,
  systemClock,
  systemRandom,
} from '@watertight/policy/decisions'
import { type CallTraits, Engine } from '@watertight/policy/engine'
import type { DestinationRecorder, Telemetry } from '@watertight/telemetry'
import {
  callRules,
  type CallSettings,
  composeObserved,
  composePolicies,
  type DriverPorts,
  EndpointSet,
  EventRelay,
  type Fault,
  type Observations,
  Observer,
  StatefulPolicies,
  verdictsOf,
} from '@watertight/traffic'
import { fallbackAnswer } from '../exchange/local-answer.js'
import type { InjectedFaults, SentRequest } from '../faults/injected-faults.js'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import type { UpstreamTls } from '../tls/upstream-tls.js'
import { proxyFailures } from './attempt-failure.js'
import { Http2Endpoint } from '../http2/http2-endpoint.js'
import type { DestinationState } from './destination-state.js'
import type { ConnectionLimits, Endpoint } from './endpoint.js'
import { LastAnswers } from './last-answers.js'
import { type SteeredAttempts, SteeredStates } from './steered-states.js'
import { targetOf } from './target-of.js'
import { UpstreamEndpoint } from './upstream-endpoint.js'

/** What a call tells the policies of its destination. */
export interface DestinationTraits extends CallTraits {
  /** When its caller stops waiting, in monotonic milliseconds; `Infinity` when nobody has said. */
  readonly deadline: number
}

/** A service, or a version of one, as it is reached from here. */
export interface DestinationOptions {
  readonly name: string
  /** Such as `http://127.0.0.1:7001`. */
  readonly origins: readonly string[]
  readonly settings: CallSettings
  readonly connections: Omit<ConnectionLimits, 'connectMs' | 'opened'>
  readonly codec: { readonly names: HeaderNames; readonly limits: Http1Limits }
  readonly telemetry?: Telemetry | undefined
  /** How its endpoints are spoken to in private. Default: by host name where the origin is `https:`, else not at all. */
  readonly tls?: UpstreamTls | undefined
  /** Whether its endpoints speak HTTP/2. Default `false`. */
  readonly speaksHttp2?: boolean | undefined
  /** Whether it is the process that a sidecar stands beside. Default `false`. */
  readonly isProcess?: boolean | undefined
  /** What goes wrong with attempts on purpose. */
  readonly faults?: InjectedFaults | undefined
}

/** One destination: its endpoints, and the policies by which it is called, driven by callbacks. */
export class Destination {
  readonly name: string
  readonly isProcess: boolean
  readonly endpoints: EndpointSet<Endpoint>
  readonly recorder: DestinationRecorder | undefined
  state: DestinationState
  private options: DestinationOptions
  private readonly events: EventRelay
  /** Connections to all endpoints. */
  private readonly opened: { count: number } = { count: 0 }
  private readonly stateful: StatefulPolicies = new StatefulPolicies(proxyFailures)
  /** Answers for when it fails, where the document keeps them. */
  lastAnswers: LastAnswers | undefined = undefined
  private readonly steeredStates: SteeredStates = new SteeredStates((settings) => this.steeredState(settings))
  /** Bounds the retries that callers ask for where the document has none. */
  private readonly callersBudget: RetryBudget = retryBudget({})

  constructor(options: DestinationOptions) {
    const { name, settings, telemetry } = options
    const { balance, ejection, warmUpMs } = settings
    this.name = name
    this.isProcess = options.isProcess ?? false
    this.options = options
    this.stateful.name = name
    this.keepAnswers(settings)
    this.endpoints = new EndpointSet({ name, balance, ejection, warmUpMs, random: systemRandom })
    const policy = this.compose(settings)
    this.state = this.stateOf(settings, policy)
    this.replaceEndpoints(options.origins, settings)
    this.events = new EventRelay(policy)
    this.recorder = telemetry?.destination({ to: name, policy: this.events, parts: this.stateful })
    this.endpoints.onEjection = (endpoint, ejected) => this.recorder?.ejection(endpoint, ejected)
  }

  /** Other settings from the next call on, with the state of the old ones: what was learnt of endpoints that stay is kept. */
  reconfigure(changed: Pick<DestinationOptions, 'origins' | 'settings' | 'connections'>): void {
    const { settings, origins } = changed
    this.options = { ...this.options, ...changed }
    this.endpoints.enforcesEjection = true
    const policy = this.compose(settings)
    this.state = this.stateOf(settings, policy)
    this.events.relay(policy)
    this.steeredStates.clear()
    this.keepAnswers(settings)
    this.endpoints.reconfigure(settings)
    this.replaceEndpoints(origins, settings)
  }

  /** What is in force for a call whose caller asks for something else, and may. */
  steered(wish: SteeredAttempts): DestinationState {
    return this.steeredStates.of(this.state, wish)
  }

  /** Whether its endpoints are spoken to in the same way, so that their connections can be kept. */
  speaksAs({ tls, speaksHttp2 }: Pick<DestinationOptions, 'tls' | 'speaksHttp2'>): boolean {
    return tls?.identity === this.options.tls?.identity && speaksHttp2 === this.options.speaksHttp2
  }

  /** What goes wrong with an attempt that begins now; undefined when nothing does. */
  strike(now: number, request: SentRequest): Fault | undefined {
    return this.options.faults?.strike(this.name, now, request)
  }

  /** Tells of a call that the document's fallback has answered, for this reason. */
  fellBack(error: unknown): void {
    this.events.emit('fallback', 'fallback', { error })
  }

  /** Requests under way. */
  get active(): number {
    return this.endpoints.all.reduce((sum, { active }) => sum + active, 0)
  }

  close(): void {
    for (const endpoint of this.endpoints.all) endpoint.close()
  }

  /** How its endpoints are spoken to. */
  get transport(): Pick<DestinationOptions, 'tls' | 'speaksHttp2'> {
    return this.options
  }

  private stateOf(settings: CallSettings, policy: Policy): DestinationState {
    const { mode, timeout, bulkhead, adaptiveLimit } = settings
    const limits = timeout === false || mode === 'observe' ? {} : timeout
    const attemptMs = limits?.attemptMs ?? Infinity
    return {
      ...callRules(settings),
      settings,
      engine: new Engine(policy, runtime),
      ringsByPath: settings.balance === 'ring-hash' && settings.hashOn === undefined,
      hasQueue: (bulkhead?.queue ?? 0) > 0 || adaptiveLimit !== undefined,
      fallback: fallbackAnswer(settings.fallback),
      attemptLimit: limitQueue(attemptMs),
      silenceLimit: limitQueue(limits?.bodyIdleMs),
      writtenSilenceLimit: limitQueue(limits?.responseHeadersMs),
      attemptMs,
      observer: mode === 'observe' ? this.observerOf(settings) : undefined,
    }
  }

  private keepAnswers({ fallback }: CallSettings): void {
    const rules = fallback?.cache
    if (rules === undefined) this.lastAnswers = undefined
    else if (this.lastAnswers === undefined) this.lastAnswers = new LastAnswers(rules)
    else this.lastAnswers.reconfigure(rules)
  }

  /** Keeps what it has counted while the options change. */
  private observerOf(settings: CallSettings): Observer {
    const observer = this.state?.observer ?? new Observer(settings)
    observer.reconfigure(settings)
    observer.events = { emit: (type, policy, detail) => this.events.emit(type, policy, detail) }
    return observer
  }

  /** What would have been done, in observe mode. */
  get observations(): Observations | undefined {
    return this.state.observer?.counts(this.stateful.breaker?.metrics.wouldHaveRefused ?? 0)
  }

  private compose(settings: CallSettings): Policy {
    this.stateful.reconfigure(settings, verdictsOf(settings))
    if (settings.mode === 'observe') {
      this.endpoints.enforcesEjection = false
      return composeObserved(this.stateful)
    }
    return composePolicies(settings, this.stateful, PORTS)
  }

  private steeredState(settings: CallSettings): DestinationState {
    const { breaker, bulkhead, adaptiveLimit, rateLimit, hedge, budget } = this.stateful
    const hasBudget = this.state.settings.retry !== false
    const guards = { breaker, bulkhead, adaptiveLimit, rateLimit, hedge }
    const policy = composePolicies(
      settings,
      { ...guards, budget: hasBudget ? budget : this.callersBudget },
      { ...PORTS, made: (own) => this.events.also(own) },
    )
    return this.stateOf(settings, policy)
  }

  private replaceEndpoints(origins: readonly string[], { timeout }: CallSettings): void {
    const { connections, codec, tls, speaksHttp2 } = this.options
    const connectMs = timeout === false ? Infinity : (timeout?.connectMs ?? CONNECT_MS)
    const limits = { ...connections, connectMs, opened: this.opened }
    const addresses = origins.map((origin) => ({ origin }))
    const Kind = speaksHttp2 === true ? Http2Endpoint : UpstreamEndpoint
    const create = ({ origin }: { readonly origin: string }, index: number): Endpoint =>
      new Kind(origin, index, limits, codec, targetOf(origin, tls, speaksHttp2 === true))
    for (const gone of this.endpoints.replace(addresses, create)) gone.close()
    for (const endpoint of this.endpoints.all) endpoint.reconfigure(limits)
  }
}

function limitQueue(limitMs: number = Infinity): ExpiryQueue | undefined {
  return limitMs === Infinity ? undefined : expiryQueue(systemClock, limitMs)
}

const PORTS: DriverPorts = {
  failures: proxyFailures,
  callersDeadline: (call: Partial<DestinationTraits>) => call.deadline ?? Infinity,
  wallNow: () => systemClock.wallNow(),
}

const CONNECT_MS = 5_000
