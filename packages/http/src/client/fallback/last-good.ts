import { AgingEntries } from '@watertight/policy/decisions'
import { type CacheableRequest, type CacheRules, privateCache } from '@watertight/traffic'
import type { FetchResponse } from '../response/fetch-response.js'

/** A response that was good once. */
interface Kept {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
  /** The values of the request's headers that the answer depends on. */
  readonly variant: string
}

/** The last good response to each key, as a private cache may keep it. Bounded in number and in the size of each. */
export class LastGood {
  readonly #kept: AgingEntries<Kept>
  #rules: CacheRules

  constructor(rules: CacheRules) {
    this.#rules = rules
    this.#kept = new AgingEntries(rules.max ?? KEPT_MAX, rules.maxAgeMs)
  }

  /** What is kept already stays, as far as the new rules allow it. */
  reconfigure(rules: CacheRules): void {
    this.#rules = rules
    this.#kept.reconfigure(rules.max ?? KEPT_MAX, rules.maxAgeMs)
  }

  /**
   * Keeps a copy of a response, whose body can be read as before. A large one is left alone, and one that does not say how
   * large it is and is read as a stream.
   */
  async keep(request: CacheableRequest, response: FetchResponse, now: number): Promise<void> {
    const header = (name: string): string | null => response.headers.get(name)
    if (!privateCache.mayKeep(request, header)) return
    const { knownBytes, status } = response
    const { bytesMax = 65_536 } = this.#rules
    if (knownBytes !== undefined && !(knownBytes <= bytesMax)) return
    const headers = new Headers([...response.headers].filter(([name]) => privateCache.isReplayed(name)))
    const variant = privateCache.variantOf(request, header('vary'))
    const keep = (body: Uint8Array): void =>
      this.#kept.set(privateCache.keyOf(request), { status, headers, body, variant }, now)
    // What does not say how much it is, such as an encoded answer, may go on for hours: its caller does not wait for it.
    if (knownBytes === undefined) {
      response.whenWhole(bytesMax, keep)
      return
    }
    try {
      keep(await response.peek())
    } catch {
      // Whoever reads it hears of that.
    }
  }

  /** The response to give, or undefined when there is none that is young enough. */
  find(request: CacheableRequest, now: number): Response | undefined {
    const kept = this.#kept.get(privateCache.keyOf(request), now)
    if (kept === undefined) return undefined
    const { status, body, variant, ...good } = kept.value
    if (variant !== privateCache.variantOf(request, good.headers.get('vary'))) return undefined
    const headers = new Headers(good.headers)
    headers.set('age', String(Math.floor((now - kept.storedAt) / 1_000)))
    // Some statuses have no body, and may not be given an empty one.
    return new Response(body.length === 0 ? null : (body as Uint8Array<ArrayBuffer>), { status, headers })
  }
}

const KEPT_MAX = 1_000
