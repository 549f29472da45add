import type { Store, StoreTransaction } from '../../src/store/store.js'

export interface Death {
  /** Which of its statements is the last one, from 1; a commit is one too. */
  readonly at: number
  readonly when: 'before' | 'after'
}

/** A process's way to the database until it dies, at a statement: what is open then is rolled back, and nothing more is asked. */
export function mortalStore(store: Store, { at, when }: Death): Store & { readonly isDead: boolean } {
  let count = 0
  let isDead = false
  const die = (): never => {
    isDead = true
    throw new Error('the process has died')
  }
  const counted = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    count += 1
    if (isDead || (count === at && when === 'before')) return die()
    const answer = await ask()
    return count === at ? die() : answer
  }
  return {
    kind: store.kind,
    get isDead() {
      return isDead
    },
    query: (text, values, options) => counted(() => store.query(text, values, options)),
    transaction: async (work, options) => {
      const result = await store.transaction(async (transaction) => {
        const query: StoreTransaction['query'] = (text, values) =>
          counted(() => transaction.query(text, values))
        const done = await work({ query })
        count += 1
        if (count === at && when === 'before') die()
        return done
      }, options)
      if (isDead || (count === at && when === 'after')) die()
      return result
    },
    atOnce: (...work) => counted(() => store.atOnce(...work)),
    listen: (channel, onNotification) => store.listen(channel, onNotification),
    close: async () => {},
  }
}
