import type { CacheRules } from '@watertight/traffic'
import type { FetchResponse } from '../response/fetch-response.js'
import { type CacheableRequest, privateCache } from './private-cache.js'

/** A response that was good once. */
interface Kept {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
  readonly at: number
  /** The values of the request's headers that the answer depends on. */
  readonly variant: string
}

/** The last good response to each key. Bounded in number and in the size of each. */
export class LastGood {
  readonly #kept: Map<string, Kept> = new Map()
  #rules: CacheRules

  constructor(rules: CacheRules) {
    this.#rules = rules
  }

  /** What is kept already stays, as far as the new rules allow it. */
  reconfigure(rules: CacheRules): void {
    this.#rules = rules
    this.#shrink()
  }

  /** Keeps a copy of a response, whose body can be read as before. A large one is left alone. */
  async keep(request: CacheableRequest, response: FetchResponse, now: number): Promise<void> {
    const header = (name: string): string | null => response.headers.get(name)
    if (!privateCache.mayKeep(request, header)) return
    const { knownBytes = Infinity } = response
    if (!(knownBytes <= (this.#rules.bytesMax ?? 65_536))) return
    const { status } = response
    const headers = privateCache.replayable(response.headers)
    const variant = privateCache.variantOf(request.headers, header('vary'))
    const key = privateCache.keyOf(request)
    let body: Uint8Array
    try {
      body = await response.peek()
    } catch {
      // Whoever reads it hears of that.
      return
    }
    this.#kept.delete(key)
    this.#kept.set(key, { status, headers, body, at: now, variant })
    this.#shrink()
  }

  /** The response to give, or undefined when there is none that is young enough. */
  find(request: CacheableRequest, now: number): Response | undefined {
    const key = privateCache.keyOf(request)
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    if (kept.variant !== privateCache.variantOf(request.headers, kept.headers.get('vary'))) return undefined
    this.#kept.delete(key)
    const ageMs = now - kept.at
    if (ageMs > this.#rules.maxAgeMs) return undefined
    // Used now, and so the last one to go.
    this.#kept.set(key, kept)
    const headers = new Headers(kept.headers)
    headers.set('age', String(Math.floor(ageMs / 1_000)))
    return new Response(kept.body as Uint8Array<ArrayBuffer>, { status: kept.status, headers })
  }

  #shrink(): void {
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= (this.#rules.max ?? 1_000)) return
      this.#kept.delete(key)
    }
  }
}
