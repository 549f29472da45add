import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '@watertight/durable'

const AWAY_MS = 6_000
const POLL_MS = 50
/** Nobody listens, or a Postgres that is still starting (`cannot_connect_now`). */
const NEVER_SENT: ReadonlySet<string> = new Set(['ECONNREFUSED', '57P03'])
/** A new database takes seconds of processor time, which a busy machine does not have at once. */
const OPENING_MS = 120_000

/** A store whose statements and transactions wait for a database that is being started, up to `awayMs`. */
export function patientStore(store: Store, awayMs: number = AWAY_MS): Store {
  return {
    kind: store.kind,
    query: (...statement) => whenThere(() => store.query(...statement), awayMs),
    transaction: (...work) => whenThere(() => store.transaction(...work), awayMs),
    atOnce: (...work) => whenThere(() => store.atOnce(...work), awayMs),
    listen: (...listener) => store.listen(...listener),
    close: (options) => store.close(options),
  }
}

/** Resolves once the database answers, which may be new. */
export async function whenOpen(store: Store): Promise<void> {
  await patientStore(store, OPENING_MS).query('select 1')
}

/** Only what was never sent is sent again: of anything else nobody knows whether it was done. */
async function whenThere<T>(ask: () => Promise<T>, awayMs: number): Promise<T> {
  const giveUpAt = performance.now() + awayMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (!NEVER_SENT.has(code) || performance.now() >= giveUpAt) throw error
    }
    await sleep(POLL_MS)
  }
}
