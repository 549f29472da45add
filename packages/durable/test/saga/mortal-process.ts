import type { QueryOptions, Rows, Store } from '../../src/store/store.js'
import type { Effects } from './saga-stories.js'

/** The moment before or after the statement or effect of a number, counted from one. */
export interface Strike {
  readonly at: number
  readonly when: 'before' | 'after'
  readonly what: 'statement' | 'effect'
}

/**
 * What a process is to its database and its neighbours, until it is struck: from then on it does nothing, and nothing that it
 * waits for comes, as if it had been killed.
 */
export class MortalProcess {
  readonly #strike: Strike
  readonly #death = new AbortController()
  #count = 0

  constructor(strike: Strike) {
    this.#strike = strike
  }

  get death(): AbortSignal {
    return this.#death.signal
  }

  /** Resolves when it is struck. */
  get died(): Promise<void> {
    const { signal } = this.#death
    return new Promise((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve())
    })
  }

  /** A store that this process asks. */
  store(store: Store): Store {
    const query = <Row extends object>(text: string, values?: unknown[], options?: QueryOptions) =>
      this.#pass('statement', () => store.query<Row>(text, values, options))
    return {
      kind: store.kind,
      query: async <Row extends object = Record<string, unknown>>(
        ...words: [string, unknown[]?, QueryOptions?]
      ): Promise<Rows<Row>> => await query<Row>(...words),
      transaction: refused,
      atOnce: refused,
      listen: async (channel, onNotification) =>
        await store.listen(channel, (payload) => {
          if (!this.death.aborted) onNotification(payload)
        }),
      close: async () => {},
    }
  }

  /** Effects of this process. */
  effects(effects: Effects): Effects {
    return {
      do: (key) => this.#pass('effect', () => effects.do(key)),
      undo: (stepKey) => this.#pass('effect', () => effects.undo(stepKey)),
    }
  }

  async #pass<Result>(what: Strike['what'], work: () => Result | Promise<Result>): Promise<Result> {
    if (this.death.aborted) return await never()
    if (what === this.#strike.what) this.#count += 1
    const isHere = what === this.#strike.what && this.#count === this.#strike.at
    if (isHere && this.#strike.when === 'before') return await this.#die()
    const result = await work()
    if (isHere) return await this.#die()
    return this.death.aborted ? await never() : result
  }

  async #die(): Promise<never> {
    this.#death.abort(new Error('the process is dead'))
    return await never()
  }
}

const never = (): Promise<never> => new Promise(() => {})

/** What a saga engine does by itself are single statements. */
async function refused(): Promise<never> {
  await Promise.resolve()
  throw new Error('cannot strike a process within a transaction: nothing here opens one')
}
