import { existsSync } from 'node:fs'
import {
  consumerLag,
  type DeadLetter,
  deadLetters,
  openSagaEngine,
  openStore,
  outboxStatus,
  redriveDeadLetters,
  type SagaEngine,
  type SagaView,
  type Store,
  waitingSagas,
} from '@watertight/durable'
import type { DeadLetterStand, MessagingStand } from '../model/messaging-stand.js'
import type { SagaSummary, SagaWait } from '../model/saga-summary.js'
import { sagaSummary } from '../assemble/saga-panel.js'
import { PolledSource } from './polled-source.js'
import { shownUrl } from '@watertight/policy/options'

const SAGAS_MAX = 50
const DEAD_LETTERS_MAX = 100

/** What the durable parts of a system say of themselves. */
export interface StoreReading {
  readonly sagas: readonly SagaSummary[]
  readonly waiting: readonly SagaWait[]
  readonly messaging: MessagingStand
}

/** The store that has the sagas and the events of a system; it takes up none of them. */
export class StoreSource {
  readonly source: PolledSource<StoreReading>
  readonly #urlOf: () => Promise<string>
  #opened: { readonly url: string; readonly store: Store; readonly engine: SagaEngine } | undefined

  constructor(
    url: string | (() => Promise<string>),
    options: { readonly everyMs: number; readonly deadlineMs: number },
  ) {
    this.#urlOf = typeof url === 'string' ? async () => url : url
    this.source = new PolledSource({
      name: 'store',
      kind: 'store',
      place: typeof url === 'string' ? shownUrl(url) : 'served by the run',
      ...options,
      read: async () => {
        try {
          return await this.#read()
        } catch (error) {
          await this.#leaveFormer()
          throw error
        }
      },
    })
  }

  async find(id: string): Promise<SagaView | undefined> {
    return await (await this.#open()).engine.find(id)
  }

  async retry(id: string): Promise<void> {
    const { engine } = await this.#open()
    const saga = await engine.find(id)
    // What has been given up waits for somebody to resume it, and the rest for its next try.
    if (saga?.status === 'compensation-failed') await engine.resume(id)
    else await engine.retryNow(id)
  }

  async redrive(filter: { readonly group: string; readonly eventId: string }): Promise<number> {
    return await redriveDeadLetters((await this.#open()).store, filter)
  }

  async close(): Promise<void> {
    this.source.close()
    await this.#leave()
  }

  /** A run that is started again serves its store by another URL. */
  async #leaveFormer(): Promise<void> {
    const url = await this.#urlOf().catch(() => undefined)
    if (url !== undefined && this.#opened !== undefined && url !== this.#opened.url) await this.#leave()
  }

  async #leave(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.engine.close()
    await opened?.store.close({ deadlineMs: CLOSE_MS })
  }

  async #read(): Promise<StoreReading> {
    const { store, engine } = await this.#open()
    const [outbox, lags, letters, waiting, newest, ...open] = await Promise.all([
      outboxStatus(store),
      consumerLag(store),
      deadLetters(store, { limit: DEAD_LETTERS_MAX }),
      waitingSagas(store),
      engine.list({ limit: SAGAS_MAX }),
      ...IN_TROUBLE.map((status) => engine.list({ status, limit: SAGAS_MAX })),
    ])
    const sagas = new Map([...open.flat(), ...newest].map((saga) => [saga.id, saga]))
    return {
      sagas: [...sagas.values()].slice(0, SAGAS_MAX).map(sagaSummary),
      waiting,
      messaging: {
        outbox,
        lags,
        deadLetters: letters.map(letterStand),
      },
    }
  }

  async #open(): Promise<{ readonly store: Store; readonly engine: SagaEngine }> {
    if (this.#opened !== undefined) return this.#opened
    const url = await this.#urlOf()
    const folder = /^pglite:(?!memory$)(.*)$/.exec(url)?.[1]
    if (folder !== undefined && !existsSync(folder)) throw new Error(`there is no folder ${folder}`)
    const store = openStore(url, { listenUrl: false, connectionsMax: 2, queryDeadlineMs: QUERY_MS })
    const engine = await openSagaEngine({ store, sagas: [], works: false }).catch(async (error: unknown) => {
      await store.close().catch(() => {})
      throw error
    })
    this.#opened = { url, store, engine }
    return this.#opened
  }
}

const CLOSE_MS = 2_000
const QUERY_MS = 10_000
const IN_TROUBLE = ['compensation-failed', 'compensating', 'running'] as const

/** What it carries stays where it is: it may be what only the service is to read. */
function letterStand(letter: DeadLetter): DeadLetterStand {
  const { eventId, group, topic, type, key, attempts, error, waiting } = letter
  return { eventId, group, topic, type, key, attempts, error, parkedAt: letter.parkedAt.getTime(), waiting }
}
