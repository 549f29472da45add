import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { RequestError } from '../failure/request-error.js'
import type { EndpointAddress } from './endpoint.js'

/** Turns a host name into addresses. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

export interface ResolveOptions {
  /** How long addresses are used before they are asked for again, in milliseconds > 0. Default 30000. */
  readonly intervalMs?: number | undefined
  /** How a name is resolved. Default: as the system does it. */
  readonly lookup?: Lookup | undefined
  /** Addresses that are used of one name. Default 64. */
  readonly max?: number | undefined
}

/**
 * Finds the addresses behind the names of endpoints. Asked with each choice, it looks again once the interval is over,
 * beside the requests: they go on with the addresses known, which also stay when a name cannot be resolved. There is
 * no timer, so a client that is not used asks nothing.
 */
export class Resolver {
  readonly #origins: readonly URL[]
  readonly #intervalMs: number
  readonly #lookup: Lookup
  readonly #max: number
  readonly #known: Map<string, readonly string[]> = new Map()
  #askedAt: number = -Infinity
  #asked: number = 0
  /** The latest of the look-ups that have been answered: what an earlier one says after it is out of date. */
  #answered: number = 0
  #resolving: Promise<readonly EndpointAddress[]> | undefined = undefined

  constructor(origins: readonly URL[], options: ResolveOptions) {
    this.#origins = origins
    this.#intervalMs = options.intervalMs ?? 30_000
    this.#lookup = options.lookup ?? lookupAll
    this.#max = options.max ?? 64
  }

  /** Whether it is time to look again. */
  isDue(now: number): boolean {
    const waited = now - this.#askedAt
    return waited >= this.#intervalMs && (this.#resolving === undefined || waited >= PATIENCE_MS)
  }

  /**
   * Looks all names up at once, and does not settle while nobody answers.
   *
   * @throws {RequestError} when the caller's look-up answers with what is no list of addresses
   */
  resolve(now: number): Promise<readonly EndpointAddress[]> {
    if (this.#resolving !== undefined && now - this.#askedAt < PATIENCE_MS) return this.#resolving
    this.#askedAt = now
    const resolving = this.#resolveAll(++this.#asked).finally(() => {
      if (this.#resolving === resolving) this.#resolving = undefined
    })
    this.#resolving = resolving
    return resolving
  }

  async #resolveAll(asked: number): Promise<readonly EndpointAddress[]> {
    const all = await Promise.all(this.#origins.map((origin) => this.#resolveOne(origin, asked)))
    this.#answered = Math.max(this.#answered, asked)
    const unique = new Map(all.flat().map((address) => [address.origin, address]))
    return [...unique.values()]
  }

  /** A look-up that throws at once has failed as one that rejects has. */
  async #ask(hostname: string): Promise<unknown> {
    return await this.#lookup(hostname)
  }

  async #resolveOne(url: URL, asked: number): Promise<EndpointAddress[]> {
    if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return [{ origin: url.origin, host: undefined }]
    // A name server that is down is no reason to stop calling those who answered a moment ago.
    const addresses = await this.#ask(url.hostname).catch(() => [])
    if (!isAddresses(addresses)) {
      const wanted = "lookup must answer with a list of addresses such as ['10.0.0.7']"
      throw new RequestError(`cannot resolve ${url.hostname}: ${wanted}, got something else`)
    }
    if (addresses.length > 0 && asked > this.#answered)
      this.#known.set(url.hostname, addresses.slice(0, this.#max))
    const known = this.#known.get(url.hostname)
    // Never resolved: left to the connection, which fails with the reason.
    if (known === undefined) return [{ origin: url.origin, host: undefined }]
    return known.map((address) => ({ origin: originOf(url, address), host: url.host }))
  }
}

function isAddresses(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((address) => typeof address === 'string')
}

/** After so long a look-up that has not been answered is made once more, beside the one that is waited for. */
const PATIENCE_MS = 10_000

function originOf(url: URL, address: string): string {
  const host = isIP(address) === 6 ? `[${address}]` : address
  return `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}`
}

async function lookupAll(hostname: string): Promise<readonly string[]> {
  const found = await systemLookup(hostname, { all: true })
  return found.map(({ address }) => address)
}
