import { once } from 'node:events'
import pg from 'pg'
import { closedError, deadlineError, noConnectionError } from '../errors.js'
import { explainMissing } from '../explain-missing.js'
import { withinDeadline } from '../within-deadline.js'
import { StoreClient } from './store-client.js'

/** So long a statement that was given up may keep its connection, until the database has been told to stop it. */
const STOP_MS = 5_000

export interface LentClient {
  readonly client: pg.PoolClient
  /** Closed when it comes back, not lent again. */
  isBroken: boolean
}

/** What somebody does on a connection. */
export interface Lending<Result> {
  readonly action: string
  /** The wait for a connection included. */
  readonly deadlineMs: number
  readonly run: (lent: LentClient) => Promise<Result>
  /** Gives up what runs, and makes what whoever waits is told, when the deadline passes. */
  readonly giveUp: () => { readonly error: unknown; readonly isToStop: boolean }
}

/** The connections of a store. Whatever is waited for has a bound, and no more are open at once than there may be. */
export class Connections {
  readonly #pool: pg.Pool
  readonly #max: number
  readonly #clients = new Set<StoreClient>()
  /** Of those who wait for a connection: how to tell each that none will come, and what for. */
  readonly #refusals = new Map<(error: Error) => void, string>()
  /** Those that are lent; one that is being made may never come. */
  #lent = 0
  #stopping = 0

  constructor(url: string, max: number) {
    const clients = this.#clients
    class PooledClient extends StoreClient {
      constructor(config: pg.ClientConfig) {
        super(config)
        clients.add(this)
        this.once('end', () => clients.delete(this))
      }
    }
    this.#max = max
    this.#pool = new pg.Pool({
      connectionString: url,
      max,
      allowExitOnIdle: true,
      Client: PooledClient as unknown as new () => pg.ClientBase,
    })
    // One that breaks while it is idle is made anew when it is needed.
    this.#pool.on('error', () => {})
  }

  /**
   * Lends a connection for some work.
   *
   * @throws {StoreError} with code `WT_STORE_DEADLINE` when none came before the deadline
   * @throws {unknown} what the work throws, or what `giveUp` makes
   */
  async lend<Result>({ action, deadlineMs, run, giveUp }: Lending<Result>): Promise<Result> {
    const startedAt = performance.now()
    const client = await this.#borrow(action, deadlineMs)
    const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt))
    const lent: LentClient = { client, isBroken: false }
    let isToStop: boolean | undefined
    try {
      return await withinDeadline(run(lent), leftMs, () => {
        const givenUp = giveUp()
        isToStop = givenUp.isToStop
        return givenUp.error
      })
    } catch (error) {
      throw explainMissing(error)
    } finally {
      this.#lent -= 1
      if (isToStop === undefined) client.release(lent.isBroken)
      else void this.#stop(client, isToStop)
    }
  }

  /** Lets what runs end until the deadline, and closes every connection, whether the database answers or not. */
  async close(deadlineMs: number): Promise<void> {
    const startedAt = performance.now()
    for (const [refuse, action] of this.#refusals) refuse(closedError(action))
    try {
      await withinDeadline(this.#pool.end(), deadlineMs, () => deadlineError('close the store', deadlineMs))
      const goodbyes = Promise.all([...this.#clients].map((client) => once(client, 'end')))
      const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt))
      // A database that says no goodbye has nothing left to do for us.
      await withinDeadline(goodbyes, leftMs, () => undefined).catch(() => {})
    } finally {
      for (const client of this.#clients) client.destroy()
    }
  }

  /** A connection that comes after whoever asked for it has given up goes back at once. */
  #borrow(action: string, deadlineMs: number): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      let isWaiting = true
      const endWait = (): void => {
        isWaiting = false
        clearTimeout(timer)
        this.#refusals.delete(refuse)
      }
      const refuse = (error: unknown): void => {
        endWait()
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever it is that the pool says
        reject(error)
      }
      const ask = (): void =>
        this.#pool.connect((error, client) => {
          if (client !== undefined && isWaiting) {
            endWait()
            this.#lent += 1
            resolve(client)
          } else if (client !== undefined) client.release()
          // Whoever waits may wait for longer than one attempt.
          else if (isWaiting && StoreClient.isUnanswered(error)) ask()
          else if (isWaiting) refuse(error)
        })
      const timer = setTimeout(() => refuse(this.#noConnectionError(action, deadlineMs)), deadlineMs)
      this.#refusals.set(refuse, action)
      ask()
    })
  }

  #noConnectionError(action: string, deadlineMs: number): Error {
    const inUse = this.#lent + this.#stopping
    return noConnectionError(action, deadlineMs, inUse >= this.#max ? inUse : undefined, this.#stopping)
  }

  /** It keeps its place until the database has been told: what was given up would pile up there. */
  async #stop(client: pg.PoolClient, isToStop: boolean): Promise<void> {
    const own = client as unknown as StoreClient
    this.#stopping += 1
    if (isToStop) await own.cancelRunning(AbortSignal.timeout(STOP_MS))
    this.#stopping -= 1
    client.release(true)
    own.destroy()
  }
}
