import type { CallModel, SystemModel } from '@watertight/manifest'
import { OptionError } from '@watertight/policy'
import {
  callback,
  nearestSpelling,
  checkOptions,
  record,
  required,
  type Rule,
  text,
} from '@watertight/policy/options'
import { connectionRules } from './check-fetch-options.js'
import { StatefulPolicies } from '@watertight/traffic'
import { clientFailures } from './failure/client-failures.js'
import { fetchOf } from './fetch-from.js'
import type { ResilientFetch } from './resilient-fetch.js'
import type { CalleesOf, FetchArguments, ServiceName } from './declared-calls.js'
import { checkPolicies, Destination } from './destination.js'
import { endpointUrls } from './endpoint-urls.js'
import type { CallPolicies, FetchOptions } from './fetch-options.js'
import { modelPolicies, type OnQueue } from './model-policies.js'
import { type SystemSource, systemModelOf } from './system-model-of.js'

type Endpoints = FetchOptions['endpoints']

export interface ClientOptions<Service extends string = string> extends ConnectionOptions {
  /** The service that calls. */
  readonly service: Service
  /** Where each callee answers: by name, or a function of the name. */
  readonly endpoints: Readonly<Record<string, Endpoints>> | ((callee: string) => Endpoints)
  /** Keeps requests whose fallback is a queue; required if there is one. */
  readonly onQueue?: OnQueue | undefined
}

type ConnectionOptions = Omit<FetchOptions, keyof CallPolicies | 'endpoints' | 'name'>

/** One callee. */
export interface CalledService<Operation = { readonly method: string; readonly path: string }> {
  readonly fetch: ((...request: FetchArguments<Operation>) => Promise<Response>) &
    Pick<ResilientFetch, 'policy' | 'breaker' | 'endpoints' | 'observations'>
}

export interface ClientControls {
  /**
   * Follows a changed manifest from the next call on; counts, states and connections stay. Nothing changes when
   * something in it cannot be honoured.
   *
   * @throws {OptionError} when the service is gone, or a callee is new and has no endpoints
   */
  update(system: SystemSource): void
  /** Lets calls under way end, then closes all connections. */
  close(): Promise<void>
  /** Closes all connections now. */
  destroy(): Promise<void>
}

/** Everything that one service calls, by name: `client.payment.fetch('/charges')`. */
export type Client<Callees = Readonly<Record<string, { method: string; path: string }>>> = {
  readonly [Callee in keyof Callees]: CalledService<Callees[Callee]>
} & ClientControls

/**
 * Everything that one service calls, each callee with the policies that the manifest gives to the call.
 *
 * @throws {OptionError} when the manifest has problems, the service is not in it, or a callee has no endpoints
 * @example
 * import { defineSystem } from '@watertight/manifest'
 * const system = defineSystem({
 *   watertight: 'v1',
 *   system: 'orders',
 *   services: { order: { calls: { payment: { fallback: { status: 202 } } } }, payment: {} },
 * })
 * const client = createClient(system, { service: 'order', endpoints: { payment: 'http://127.0.0.1:7003' } })
 * const response = await client['payment']?.fetch('/charges', { method: 'POST', body: '{}' })
 * console.log(response?.status)
 * await client.close()
 */
export function createClient<const Service extends ServiceName>(
  system: SystemSource,
  options: ClientOptions<Service>,
): Client<CalleesOf<Service>> {
  const model = systemModelOf(system)
  checkClientOptions(options)
  const callees = new Callees(options)
  const client: Record<string, unknown> = {}
  const controls: ClientControls = {
    update: (changed) => callees.update(systemModelOf(changed), client),
    close: () => callees.each((fetch) => fetch.close()),
    destroy: () => callees.each((fetch) => fetch.destroy()),
  }
  callees.update(model, client)
  return Object.assign(client, controls) as unknown as Client<CalleesOf<Service>>
}

/** What is common to all callees is checked with each of them. */
function checkClientOptions(options: ClientOptions): void {
  const places: Rule = {
    allowed: 'an object of origins by the names of callees, or a function of the name',
    accepts: (value) => typeof value === 'function' || record.accepts(value),
  }
  const own = { service: required(text), endpoints: required(places), onQueue: callback }
  checkOptions('client', options, { ...connectionRules, ...own })
}

/** What one service calls, as its manifest stands. */
class Callees {
  readonly #options: ClientOptions
  readonly #fetches: Map<string, ResilientFetch> = new Map()
  /** Of policies whose instance is shared, by their names. */
  readonly #shared: Map<string, StatefulPolicies> = new Map()

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** Tries everything before it changes anything. */
  update(model: SystemModel, client: Record<string, unknown>): void {
    const calls = this.#calls(model)
    const planned = calls.map((call) => ({ call, policies: this.#checked(call) }))
    for (const { call, policies } of planned) this.#apply(call, policies, client)
    const wanted = new Set(calls.map(({ to }) => to))
    for (const [name, fetch] of this.#fetches) {
      if (wanted.has(name)) continue
      this.#fetches.delete(name)
      delete client[name]
      void fetch.close()
    }
  }

  async each(action: (fetch: ResilientFetch) => Promise<void>): Promise<void> {
    await Promise.all([...this.#fetches.values()].map(action))
  }

  #calls(model: SystemModel): readonly CallModel[] {
    const { service } = this.#options
    const found = model.services.get(service)
    if (found === undefined) {
      const names = [...model.services.keys()].join(', ')
      throw new OptionError(
        `cannot create client: service must be one of ${names}, got '${service}'`,
        'service',
      )
    }
    return found.calls
  }

  #checked(call: CallModel): CallPolicies {
    if (CONTROLS.has(call.to)) {
      throw new OptionError(`cannot create client: no callee may be named '${call.to}'`, 'service')
    }
    const policies = modelPolicies(call, this.#options.onQueue)
    checkPolicies(policies)
    endpointUrls(this.#endpoints(call.to))
    return policies
  }

  #endpoints(callee: string): Endpoints {
    const { endpoints } = this.#options
    const found = typeof endpoints === 'function' ? endpoints(callee) : endpoints[callee]
    if (found !== undefined) return found
    const near = typeof endpoints === 'function' ? undefined : nearestSpelling(callee, Object.keys(endpoints))
    const got = near === undefined ? 'none' : `endpoints.${near} instead`
    throw new OptionError(
      `cannot create client: endpoints.${callee} must be given, got ${got}`,
      `endpoints.${callee}`,
    )
  }

  #apply(call: CallModel, policies: CallPolicies, client: Record<string, unknown>): void {
    const known = this.#fetches.get(call.to)
    if (known !== undefined) return known.update(policies)
    const { service: _service, onQueue: _onQueue, endpoints: _endpoints, ...connections } = this.#options
    const endpoints = this.#endpoints(call.to)
    const destination = new Destination(
      { ...connections, ...policies, name: call.to, endpoints },
      this.#guards(call),
    )
    const fetch = fetchOf(destination)
    this.#fetches.set(call.to, fetch)
    client[call.to] = { fetch }
  }

  #guards({ policy }: CallModel): StatefulPolicies {
    if (policy.instance !== 'shared') return new StatefulPolicies(clientFailures)
    const guards = this.#shared.get(policy.name) ?? new StatefulPolicies(clientFailures)
    guards.name = policy.name
    this.#shared.set(policy.name, guards)
    return guards
  }
}

const CONTROLS: ReadonlySet<string> = new Set(['update', 'close', 'destroy'])
