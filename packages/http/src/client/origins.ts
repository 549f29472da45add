import type { Destination } from './destination.js'

/** Origins whose counts and connections are kept at most: past that, the one that was used least lately goes. */
const ORIGINS_MAX = 1_000

/**
 * A destination for each origin that is called, made as it is needed: its breaker, budget and connections are its own.
 * The least recently used one without a call under way leaves when there are too many.
 */
export class Origins {
  readonly #make: (origin: string) => Destination
  /** From the one that was used least lately to the latest. */
  readonly #destinations: Map<string, Destination> = new Map()

  constructor(make: (origin: string) => Destination) {
    this.#make = make
  }

  get all(): Iterable<Destination> {
    return this.#destinations.values()
  }

  at(origin: string): Destination {
    const known = this.#destinations.get(origin)
    if (known !== undefined) {
      this.#destinations.delete(origin)
      this.#destinations.set(origin, known)
      return known
    }
    if (this.#destinations.size >= ORIGINS_MAX) this.#makeRoom()
    const destination = this.#make(origin)
    this.#destinations.set(origin, destination)
    return destination
  }

  #makeRoom(): void {
    for (const [origin, destination] of this.#destinations) {
      if (!destination.isIdle) continue
      this.#destinations.delete(origin)
      void destination.close()
      return
    }
  }
}
