import { createBalancer } from '../balance/create-balancer.js'
import type { Balancer, BalanceName, Loads } from '../balance/balancer.js'
import {
  type EjectionOptions,
  OutlierEjection,
  type OutlierEjectionOptions,
} from '../ejection/outlier-ejection.js'
import { WarmUp } from '../warm-up/warm-up.js'
import { NoEndpointError } from './no-endpoint-error.js'

/** One place where a destination answers, whatever a driver keeps there. */
export interface Target {
  /** Such as `http://127.0.0.1:7001`: by it, one that stays is known again. */
  readonly origin: string
  /** Its place in the list of all, which may change: the set's to write. */
  index: number
  /** Requests under way, until the end of their responses. */
  readonly active: number
  /** No further request can begin now. */
  readonly full: boolean
}

/** How endpoints are chosen, as the settings of a call have it. */
export interface EndpointRules {
  /** Default `least-request`. */
  readonly balance?: BalanceName | undefined
  /** Default: none is ejected. */
  readonly ejection?: EjectionOptions | undefined
  /** How long one that joins, or is back, takes to come to its full share, in milliseconds > 0. Default: no time. */
  readonly warmUpMs?: number | undefined
}

export interface EndpointSetOptions extends EndpointRules {
  /** What errors call the destination. */
  readonly name: string
  readonly random: () => number
}

/** The endpoints of one destination: chooses one for each attempt, and learns from how it went. */
export class EndpointSet<E extends Target> implements Loads {
  /** Told of every ejection and its end. */
  onEjection: ((endpoint: string, ejected: boolean) => void) | undefined = undefined
  /** `false` in observe mode: ejections are decided and reported, and change nothing. */
  enforcesEjection: boolean = true
  readonly #options: EndpointSetOptions
  #balance: BalanceName
  #balancer: Balancer
  /** None where nothing warms up. */
  #warmUp: WarmUp<E> | undefined = undefined
  #ejection: OutlierEjection | undefined = undefined
  #endpoints: readonly E[] = []
  /** Those whose checks say that they cannot take requests. */
  readonly #unhealthy: Set<E> = new Set()
  /** Below this share of endpoints that may be used, all are. */
  #panic: number = 0
  /** Indices of those that are neither ejected nor unhealthy; undefined when that has changed. */
  #usable: readonly number[] | undefined = undefined

  constructor(options: EndpointSetOptions) {
    this.#options = options
    this.#balance = options.balance ?? BALANCE
    this.#balancer = createBalancer(this.#balance)
    this.reconfigure(options)
  }

  get all(): readonly E[] {
    return this.#endpoints
  }

  active(index: number): number {
    return this.#endpoints[index]!.active
  }

  isEjected(index: number): boolean {
    return this.#ejection?.isEjected(index) ?? false
  }

  isHealthy(endpoint: E): boolean {
    return !this.#unhealthy.has(endpoint)
  }

  /**
   * Checks of an endpoint tell whether it can take requests; until they do, it can. One that cannot is left out, be it
   * the last one: then there is no endpoint, unless a share of panic says that all are used when few are left.
   */
  setHealthy(endpoint: E, healthy: boolean): void {
    // Its checks may end after its place was given to another.
    if (healthy === this.isHealthy(endpoint) || this.#endpoints[endpoint.index] !== endpoint) return
    if (!healthy) this.#unhealthy.add(endpoint)
    else if (this.#unhealthy.delete(endpoint)) this.#warmUp?.begin(endpoint)
    this.#usable = undefined
  }

  /** Changes how endpoints are chosen and left alone; counts, and ejections and warm-ups under way, stay. */
  reconfigure({ balance = BALANCE, ejection, warmUpMs = 0 }: EndpointRules): void {
    if (warmUpMs === 0) this.#warmUp = undefined
    else (this.#warmUp ??= new WarmUp()).reconfigure(warmUpMs)
    if (balance !== this.#balance) {
      this.#balance = balance
      this.#balancer = createBalancer(balance)
      this.#balancer.resize(this.#names())
    }
    if (ejection === undefined) this.#ejection = undefined
    else if (this.#ejection === undefined) this.#ejection = this.#newEjection(ejection)
    else this.#ejection.reconfigure(ejection)
    this.#panic = ejection?.panic ?? 0
    this.#usable = undefined
  }

  /**
   * The endpoints are at these addresses from now on. Those that stay keep what is known of them; `create` makes the
   * new ones. Answers those that are gone, whose requests under way end as usual.
   */
  replace<A extends { readonly origin: string }>(
    addresses: readonly A[],
    create: (address: A, index: number) => E,
  ): E[] {
    const former = new Map(this.#endpoints.map((endpoint) => [endpoint.origin, endpoint]))
    // The first ones have been at work before this process was.
    const isFirst = former.size === 0
    // One that is named twice is one endpoint.
    const unique = [...new Map(addresses.map((address) => [address.origin, address])).values()]
    this.#endpoints = unique.map((address, index) => {
      const known = former.get(address.origin)
      const endpoint = known ?? create(address, index)
      if (known === undefined && !isFirst) this.#warmUp?.begin(endpoint)
      former.delete(address.origin)
      endpoint.index = index
      return endpoint
    })
    this.#balancer.resize(this.#names())
    this.#ejection?.resize(this.#names())
    this.#usable = undefined
    for (const gone of former.values()) {
      this.#unhealthy.delete(gone)
      this.#warmUp?.forget(gone)
    }
    return [...former.values()]
  }

  /**
   * Chooses an endpoint. `tried` have failed this request already, the first of them last: they are avoided while there
   * are others, even if those are ejected, for a doubtful endpoint is better than one that has just failed. Full ones are
   * chosen only when all are: the request then waits.
   *
   * @throws {NoEndpointError} when there is none, or checks say of all that they cannot take requests
   */
  pick(now: number, tried: readonly E[] | undefined, hash: number | undefined): E {
    this.#ejection?.sweep(now)
    const usable = (this.#usable ??= this.#admitted())
    if (usable.length === 0) throw new NoEndpointError(this.#options.name, this.#endpoints.length)
    const { random } = this.#options
    const untried = tried === undefined ? usable : this.#without(usable, tried)
    const likely =
      this.#warmUp === undefined || this.#warmUp.isOver
        ? untried
        : this.#warmUp.thin(untried, this.#endpoints, now, () => this.#drawFor(hash))
    if (usable.length === 1 && tried === undefined) return this.#endpoints[usable[0]!]!
    const chosen = this.#endpoints[this.#balancer.pick(likely, this, now, random, hash)]!
    if (!chosen.full) return chosen
    const free = usable.filter((index) => !this.#endpoints[index]!.full)
    if (free.length === 0) return chosen
    return this.#endpoints[this.#balancer.pick(free, this, now, random, hash)]!
  }

  /**
   * It is known how a request went that was answered after `latencyMs`, or failed. Answers whether the endpoint was
   * ejected for it.
   */
  settled(
    endpoint: E,
    now: number,
    latencyMs: number,
    failed: boolean,
    startedAt: number = now - latencyMs,
  ): boolean {
    // A former endpoint may settle after its place was given to another.
    if (this.#endpoints[endpoint.index] !== endpoint) return false
    this.#balancer.settled?.(endpoint.index, now, latencyMs)
    // Where ejections change nothing, requests go on to ejected endpoints, and their answers prove nothing.
    const sentAt = this.enforcesEjection ? startedAt : -Infinity
    return this.#ejection?.settle(endpoint.index, now, failed, sentAt) ?? false
  }

  /** On a ring a key moves to the endpoint that warms up once, and stays there. */
  #drawFor(hash: number | undefined): number {
    if (hash === undefined || this.#balance !== 'ring-hash') return this.#options.random()
    // Its high bits say where on the ring the key is, which is to have no say in this.
    return (Math.imul(hash, GOLDEN_RATIO) >>> 0) / 2 ** 32
  }

  #admitted(): number[] {
    const indices = [...this.#endpoints.keys()]
    const ejection = this.enforcesEjection ? this.#ejection : undefined
    const healthy = indices.filter((index) => this.isHealthy(this.#endpoints[index]!))
    const admitted = healthy.filter((index) => ejection?.isEjected(index) !== true)
    if (admitted.length / indices.length < this.#panic) return indices
    // Failed calls alone leave nobody out who is the last: those that stayed may all be ejected once the others have gone.
    return admitted.length === 0 ? healthy : admitted
  }

  #without(usable: readonly number[], tried: readonly E[]): readonly number[] {
    const isUntried = (index: number): boolean => !tried.includes(this.#endpoints[index]!)
    const untried = usable.filter(isUntried)
    if (untried.length > 0) return untried
    const ejected = [...this.#endpoints.keys()].filter(
      (index) => isUntried(index) && this.isHealthy(this.#endpoints[index]!),
    )
    if (ejected.length > 0) return ejected
    // All have failed it: it goes to any but the one that did so last, and has had no time to be well again.
    const others = usable.filter((index) => this.#endpoints[index] !== tried[0])
    return others.length > 0 ? others : usable
  }

  #newEjection(options: OutlierEjectionOptions): OutlierEjection {
    const ejection = new OutlierEjection(options)
    ejection.resize(this.#names())
    ejection.onChange = (index, ejected) => {
      this.#usable = undefined
      // Where ejections change nothing, it has had its requests all the time.
      if (!ejected && this.enforcesEjection) this.#warmUp?.begin(this.#endpoints[index]!)
      this.onEjection?.(this.#endpoints[index]!.origin, ejected)
    }
    return ejection
  }

  #names(): string[] {
    return this.#endpoints.map((endpoint) => endpoint.origin)
  }
}

const BALANCE: BalanceName = 'least-request'
/** 2^32 divided by the golden ratio, an odd number. Source: D. E. Knuth, The Art of Computer Programming, 6.4. */
const GOLDEN_RATIO = 2_654_435_769
