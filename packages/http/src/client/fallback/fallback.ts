import { timeout } from '@watertight/policy'
import type { CacheableRequest } from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import type { FetchResponse } from '../response/fetch-response.js'
import type { OutgoingRequest } from '../request/outgoing-request.js'
import { listHeader } from '../response/raw-headers.js'
import { type FallbackRules, queuedRequest } from './fallback-rules.js'
import { LastGood } from './last-good.js'

/** What a fallback is asked about. */
export interface Unanswered {
  readonly request: OutgoingRequest
  readonly key: string | undefined
  /** Why there is no answer; the status in words when there was one. */
  readonly error: unknown
}

/** Answers in place of a destination that cannot. */
export class Fallback {
  #rules: FallbackRules
  #lastGood: LastGood | undefined = undefined

  constructor(rules: FallbackRules) {
    this.#rules = rules
    this.reconfigure(rules)
  }

  reconfigure(rules: FallbackRules): void {
    this.#rules = rules
    const { cache } = rules
    if (cache === undefined) this.#lastGood = undefined
    else if (this.#lastGood === undefined) this.#lastGood = new LastGood(cache)
    else this.#lastGood.reconfigure(cache)
  }

  /** Keeps a good answer for later, if that is what this fallback does. */
  async remember(request: OutgoingRequest, key: string | undefined, response: FetchResponse): Promise<void> {
    if (this.#lastGood === undefined || request.method !== 'GET' || !response.ok) return
    await this.#lastGood.keep(cacheable(request, key), response, clock.now())
  }

  /**
   * The answer, or undefined when there is none, as with a cache that has nothing.
   *
   * @throws what `onQueue` throws: the request has not been kept then
   */
  async answer({ request, key, error }: Unanswered): Promise<Response | undefined> {
    const { status, body, onQueue } = this.#rules
    const good =
      request.method === 'GET' ? this.#lastGood?.find(cacheable(request, key), clock.now()) : undefined
    if (good !== undefined) return good
    if (onQueue !== undefined) {
      const queued = queuedRequest(request)
      await queueing.execute(() => onQueue(queued, error))
      return fixedResponse(status ?? 202, body)
    }
    return status === undefined && body === undefined ? undefined : fixedResponse(status ?? 200, body)
  }
}

function cacheable({ path, headers }: OutgoingRequest, key: string | undefined): CacheableRequest {
  return { path, key, header: (name) => listHeader(headers, name) }
}

/** The call's own time is over by now, and its caller still waits. */
const queueing = timeout({ ms: 5_000 })

function fixedResponse(status: number, body: unknown): Response {
  if (body === undefined) return new Response(null, { status })
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}
