import { checkPolicies, type Destination } from './destination.js'
import type { CallPolicies } from './fetch-options.js'

/** Origins whose counts and connections are kept at most: past that, the one that was used least lately goes. */
const ORIGINS_MAX = 1_000

/**
 * A destination for each origin that is called, made as it is needed: its breaker, budget and connections are its own.
 * The least recently used one without a call under way leaves when there are too many.
 */
export class Origins {
  readonly #make: (origin: string, changed: CallPolicies | undefined) => Destination
  /** One that was there before, with all of its own origins, and stays. */
  readonly #home: Destination | undefined
  /** From the one that was used least lately to the latest. */
  readonly #destinations: Map<string, Destination> = new Map()
  /** Policies that have been put in force since. */
  #changed: CallPolicies | undefined = undefined

  constructor(make: (origin: string, changed: CallPolicies | undefined) => Destination, home?: Destination) {
    this.#make = make
    this.#home = home
  }

  at(origin: string): Destination {
    if (this.#home?.serves(origin) === true) return this.#home
    const known = this.#destinations.get(origin)
    if (known !== undefined) {
      this.#destinations.delete(origin)
      this.#destinations.set(origin, known)
      return known
    }
    if (this.#destinations.size >= ORIGINS_MAX) this.#makeRoom()
    const destination = this.#make(origin, this.#changed)
    this.#destinations.set(origin, destination)
    return destination
  }

  /** Puts other policies in force everywhere, or nowhere when one of them is at fault. */
  update(policies: CallPolicies): void {
    checkPolicies(policies)
    this.#changed = policies
    for (const destination of this.#all) destination.update(policies)
  }

  async each(act: (destination: Destination) => Promise<void>): Promise<void> {
    await Promise.all(this.#all.map(act))
  }

  get #all(): Destination[] {
    return [...(this.#home === undefined ? [] : [this.#home]), ...this.#destinations.values()]
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
