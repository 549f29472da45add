import type { CallModel, EndpointModel, SystemModel } from '@watertight/manifest'
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
  /**
   * Where callees answer: by name, or a function of the name. Default: where the manifest says, which is followed by
   * `update`.
   */
  readonly endpoints?:
    Readonly<Record<string, Endpoints | undefined>> | ((callee: string) => Endpoints | undefined) | undefined
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
   * @throws {OptionError} when the service is gone, or a callee has no endpoints, here and in the manifest
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
 * @throws {OptionError} when the manifest has problems, the service is not in it, or a callee has no
 *   endpoints, here and in the manifest
 * @example
 * import { defineSystem } from '@watertight/manifest'
 * const system = defineSystem({
 *   watertight: 'v1',
 *   system: 'orders',
 *   services: { order: { calls: { payment: { fallback: { status: 202 } } } }, payment: { port: 7003 } },
 * })
 * const client = createClient(system, { service: 'order' })
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
  const own = { service: required(text), endpoints: places, onQueue: callback }
  checkOptions('client', options, { ...connectionRules, ...own })
}

interface KnownCallee {
  readonly destination: Destination
  readonly fetch: ResilientFetch
}

/** A call that has been found in order. */
interface PlannedCall {
  readonly call: CallModel
  readonly policies: CallPolicies
  readonly endpoints: Endpoints
}

/** What one service calls, as its manifest stands. */
class Callees {
  readonly #options: ClientOptions
  readonly #callees: Map<string, KnownCallee> = new Map()
  /** Of policies whose instance is shared, by their names. */
  readonly #shared: Map<string, StatefulPolicies> = new Map()

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** Tries everything before it changes anything. */
  update(model: SystemModel, client: Record<string, unknown>): void {
    const planned = this.#calls(model).map((call) => this.#planned(call, model))
    for (const plan of planned) this.#apply(plan, client)
    const wanted = new Set(planned.map(({ call }) => call.to))
    for (const [name, { destination }] of this.#callees) {
      if (wanted.has(name)) continue
      this.#callees.delete(name)
      delete client[name]
      void destination.close()
    }
  }

  async each(action: (fetch: ResilientFetch) => Promise<void>): Promise<void> {
    await Promise.all([...this.#callees.values()].map(({ fetch }) => action(fetch)))
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

  #planned(call: CallModel, model: SystemModel): PlannedCall {
    if (CONTROLS.has(call.to)) {
      throw new OptionError(`cannot create client: no callee may be named '${call.to}'`, 'service')
    }
    const policies = policiesOf(call, this.#options)
    const endpoints = this.#endpoints(call.to, model)
    endpointUrls(endpoints)
    return { call, policies, endpoints }
  }

  #endpoints(callee: string, { services }: SystemModel): Endpoints {
    const { endpoints } = this.#options
    const given = typeof endpoints === 'function' ? endpoints(callee) : endpoints?.[callee]
    if (given !== undefined) return given
    const names = typeof endpoints === 'object' ? Object.keys(endpoints) : []
    const near = nearestSpelling(callee, names)
    const misspelt = near === undefined || services.has(near) ? undefined : near
    const written = services.get(callee)?.endpoints ?? []
    if (misspelt === undefined && written.length > 0) return written.map(originOf)
    const got = misspelt === undefined ? 'none' : `endpoints.${misspelt} instead`
    throw new OptionError(
      `cannot create client: endpoints.${callee} must be given, here or in the manifest, got ${got}`,
      `endpoints.${callee}`,
    )
  }

  #apply({ call, policies, endpoints }: PlannedCall, client: Record<string, unknown>): void {
    const known = this.#callees.get(call.to)
    if (known !== undefined) {
      known.destination.update(policies)
      return known.destination.moveTo(endpoints)
    }
    const { service: _service, onQueue: _onQueue, endpoints: _endpoints, ...connections } = this.#options
    const destination = new Destination(
      { ...connections, ...policies, name: call.to, endpoints },
      this.#guards(call),
    )
    const fetch = fetchOf(destination)
    this.#callees.set(call.to, { destination, fetch })
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

/** What contradicts one another in policies, which no single value of the document shows, is told with the call. */
function policiesOf(call: CallModel, { onQueue }: ClientOptions): CallPolicies {
  try {
    const policies = modelPolicies(call, onQueue)
    checkPolicies(policies)
    return policies
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    const message = `cannot create client: ${call.from} > ${call.to}: ${error.message}; watertight check says where`
    throw new OptionError(message, error.option)
  }
}

function originOf({ host, port, tls }: EndpointModel): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const CONTROLS: ReadonlySet<string> = new Set(['update', 'close', 'destroy'])
