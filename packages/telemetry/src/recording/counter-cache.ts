import type { Counter } from '../metrics/counter.js'

/** More combinations than this are looked up anew each time; the metric itself bounds how many there are. */
const ENTRIES_MAX = 200

/**
 * Counters by two label values, found without making a key: a policy that refuses does so for every call, and a
 * refusal must stay cheap.
 */
export class CounterCache {
  readonly #counters: Map<string, Map<string, Counter>> = new Map()
  readonly #find: (first: string, second: string) => Counter
  #size: number = 0

  constructor(find: (first: string, second: string) => Counter) {
    this.#find = find
  }

  get(first: string, second: string): Counter {
    return this.#counters.get(first)?.get(second) ?? this.#enter(first, second)
  }

  #enter(first: string, second: string): Counter {
    const counter = this.#find(first, second)
    if (this.#size >= ENTRIES_MAX) return counter
    const seconds = this.#counters.get(first) ?? new Map<string, Counter>()
    this.#counters.set(first, seconds.set(second, counter))
    this.#size += 1
    return counter
  }
}
