import type { Store } from '@watertight/durable'

/** A process's way to the database, until the process is killed: from then on nobody hears of it, nor it of anybody. */
export interface MortalStore extends Store {
  die(): void
}

export function mortalStore(store: Store): MortalStore {
  let die = (): void => {}
  let isDead = false
  const death = new Promise<never>((_resolve, reject) => {
    die = () => {
      isDead = true
      reject(new Error('the process has died'))
    }
  })
  death.catch(() => {})
  const never = new Promise<never>(() => {})
  const alive = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (isDead) return await never
    const answer = await ask().catch((error: unknown) => (isDead ? never : Promise.reject(error)))
    return isDead ? await never : answer
  }
  return {
    kind: store.kind,
    query: (...statement) => alive(() => store.query(...statement)),
    // The database rolls back what a process has left open.
    transaction: (work, options) =>
      alive(() => store.transaction((transaction) => Promise.race([work(transaction), death]), options)),
    atOnce: (...work) => alive(() => store.atOnce(...work)),
    listen: (...listener) => alive(() => store.listen(...listener)),
    close: async () => {},
    die: () => die(),
  }
}
