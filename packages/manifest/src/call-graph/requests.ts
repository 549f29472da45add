import type { CallModel } from '../model/system-model.js'

/** What one request to a service becomes at another one, over all ways that lead there. */
export interface Requests {
  readonly at: string
  /** The most requests that may arrive there. */
  readonly count: number
  /** How many ways lead there. */
  readonly ways: number
  /** The way that brings the most of them. */
  readonly worst: readonly CallModel[]
}

interface Reached {
  count: number
  ways: number
  best: number
  via: CallModel | undefined
}

/**
 * The requests that one request to a service may cause at each service behind it: a sum over all ways, of the products of
 * the attempts along each. Computed in one pass from the caller on, never by listing ways, of which there may be
 * exponentially many: O(services + calls) behind the start. A call that leads back into a circle is not followed again,
 * for the sum would have no bound; the circle is a finding of its own.
 */
export class RequestCounter {
  readonly #callsOf: (service: string) => readonly CallModel[]
  readonly #attempts: (call: CallModel) => number

  constructor(callsOf: (service: string) => readonly CallModel[], attempts: (call: CallModel) => number) {
    this.#callsOf = callsOf
    this.#attempts = attempts
  }

  /** The service that gets the most requests for one to the start, the start itself when nothing is behind it. */
  busiest(start: string): Requests {
    return this.#most(start, () => true)
  }

  /** The same of the services that a retried call leads to: to others the ways alone bring requests. */
  mostRetried(start: string): Requests {
    return this.#most(start, ({ best }) => best > 1)
  }

  #most(start: string, counts: (place: Reached) => boolean): Requests {
    const reached = this.#reach(start)
    let at = start
    for (const [name, place] of reached) {
      if (place.count > (reached.get(at)?.count ?? 0) && counts(place)) at = name
    }
    const { count = 1, ways = 1 } = reached.get(at) ?? {}
    return { at, count, ways, worst: worstWay(start, at, reached) }
  }

  #reach(start: string): Map<string, Reached> {
    const reached = new Map<string, Reached>([[start, { count: 1, ways: 1, best: 1, via: undefined }]])
    const order = this.#callersFirst(start)
    const done = new Set<string>()
    for (const name of order) {
      done.add(name)
      const from = reached.get(name)
      if (from === undefined) continue
      for (const call of this.#callsOf(name)) {
        if (done.has(call.to)) continue
        const attempts = this.#attempts(call)
        const to = reached.get(call.to) ?? { count: 0, ways: 0, best: 0, via: undefined }
        to.count += from.count * attempts
        to.ways += from.ways
        // Among equals the first of the document, which is reached last.
        if (from.best * attempts >= to.best) [to.best, to.via] = [from.best * attempts, call]
        reached.set(call.to, to)
      }
    }
    return reached
  }

  // Depth first with a stack of its own; what is finished last comes first.
  #callersFirst(start: string): string[] {
    const order: string[] = []
    const seen = new Set([start])
    const stack = [{ name: start, calls: this.#callsOf(start), next: 0 }]
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const call = frame.calls[frame.next++]
      if (call === undefined) {
        order.push(frame.name)
        stack.pop()
      } else if (!seen.has(call.to)) {
        seen.add(call.to)
        stack.push({ name: call.to, calls: this.#callsOf(call.to), next: 0 })
      }
    }
    return order.toReversed()
  }
}

function worstWay(start: string, end: string, reached: ReadonlyMap<string, Reached>): CallModel[] {
  const calls: CallModel[] = []
  for (let at = end; at !== start;) {
    const via = reached.get(at)?.via
    if (via === undefined) break
    calls.unshift(via)
    at = via.from
  }
  return calls
}
