import { type Backlog, backlog, openStore, type Store } from '@watertight/durable'
import type { SystemModel } from '@watertight/manifest'
import type { Terminal } from '../program/terminal.js'
import type { StoreOptions } from '../stores/store-options.js'
import { storeUrl } from '../stores/store-url.js'

const QUERY_MS = 5_000
const CLOSE_MS = 1_000

/** The most that has waited, while somebody watched. */
export type BacklogPeak = Pick<Backlog, 'sagas' | 'events' | 'outboxBytes'>

/** What waits in all stores of the document: sagas and events that are to be done later, and what has been given up. */
export class BacklogWatch {
  /** The most so far; null where no store could be asked. */
  peak: BacklogPeak | null = null
  /** What has been given up since the first look. */
  givenUp: number | null = null
  #stores: readonly Store[]
  #first: Backlog | undefined
  #last: { readonly backlog: Backlog; readonly oldestAtMs: number } | undefined
  #looking: Promise<void> | undefined

  private constructor(stores: readonly Store[]) {
    this.#stores = stores
  }

  static async open(options: StoreOptions, model: SystemModel, terminal: Terminal): Promise<BacklogWatch> {
    const names = [...model.stores.values()].filter(({ kind }) => kind !== 'redis').map(({ name }) => name)
    const urls = await Promise.all(
      names.map((store) => storeUrl({ ...options, store }, terminal).catch(() => undefined)),
    )
    // Files are not opened: a process of the system may have them.
    const served = urls.filter((url) => url?.startsWith('pglite:') === false)
    const limits = { listenUrl: false, connectionsMax: 1, queryDeadlineMs: QUERY_MS } as const
    return new BacklogWatch(served.map((url) => openStore(url ?? '', limits)))
  }

  /** Looks for the first time, and at those stores alone from then on that have something to show. */
  async begin(): Promise<void> {
    const found = await Promise.all(
      this.#stores.map((store) =>
        backlog(store).then(
          () => store,
          () => undefined,
        ),
      ),
    )
    const lacking = this.#stores.filter((store) => !found.includes(store))
    this.#stores = found.filter((store) => store !== undefined)
    await Promise.all(lacking.map(close))
    await this.#look(0)
  }

  /** Looks again, at what came since then, unless it is still looking: nobody waits for a database that is away. */
  look(sinceMs: number): void {
    this.#looking ??= this.#look(sinceMs).finally(() => (this.#looking = undefined))
  }

  /** Whether all is done that came before then; undefined where it is not known. */
  hasDrained(beforeMs: number): boolean | undefined {
    if (this.#first === undefined || this.#last === undefined) return undefined
    const { backlog: last, oldestAtMs } = this.#last
    return oldestAtMs > beforeMs && last.parked <= this.#first.parked
  }

  async close(): Promise<void> {
    await this.#looking
    await Promise.all(this.#stores.map(close))
  }

  async #look(sinceMs: number): Promise<void> {
    const lookedAtMs = performance.now()
    const withinMs = Math.max(0, lookedAtMs - sinceMs)
    const seen = await Promise.all(
      this.#stores.map((store) => backlog(store, { withinMs }).catch(() => undefined)),
    )
    // While one of them is away, the sum would be too small.
    if (seen.length === 0 || seen.includes(undefined)) return
    const all = (seen as Backlog[]).reduce(sum)
    this.#first ??= all
    this.#last = { backlog: all, oldestAtMs: lookedAtMs - all.ageMs }
    const { sagas = 0, events = 0, outboxBytes = 0 } = this.peak ?? {}
    this.peak = {
      sagas: Math.max(sagas, all.sagas),
      events: Math.max(events, all.events),
      outboxBytes: Math.max(outboxBytes, all.outboxBytes),
    }
    this.givenUp = Math.max(0, all.givenUp - this.#first.givenUp)
  }
}

async function close(store: Store): Promise<void> {
  await store.close({ deadlineMs: CLOSE_MS }).catch(() => {})
}

function sum(one: Backlog, other: Backlog): Backlog {
  return {
    sagas: one.sagas + other.sagas,
    events: one.events + other.events,
    parked: one.parked + other.parked,
    ageMs: Math.max(one.ageMs, other.ageMs),
    outboxBytes: one.outboxBytes + other.outboxBytes,
    givenUp: one.givenUp + other.givenUp,
  }
}
