import { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { consume } from '../src/events/consume.js'
import { migrate } from '../src/migrations/migrate.js'
import { defineTopic } from '../src/outbox/topic.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { startSilencer, type Silencer } from './servers/silencer.js'

const BOUND = { timeout: 20_000 }
const ONE = { rows: [{ one: 1 }] }

/** What a store does about its connections, whichever database answers on them. */
export function postgresStoreContract(url: () => string): void {
  let silencer: Silencer
  let store: PostgresStore
  const stores: PostgresStore[] = []
  const open = (connectionsMax = 4): PostgresStore => {
    store = new PostgresStore({ url: silencer.url, connectionsMax })
    stores.push(store)
    return store
  }
  const isFree = (): boolean => silencer.connections === 0

  describe('connections to Postgres', () => {
    beforeAll(async () => {
      silencer = await startSilencer(url())
    })
    afterAll(async () => {
      await silencer.close()
    })
    afterEach(async () => {
      vi.restoreAllMocks()
      vi.useRealTimers()
      silencer.isSilent = false
      // What was sent while it was silent is never answered.
      silencer.drop()
      await Promise.allSettled(stores.splice(0).map((each) => each.close()))
      await vi.waitUntil(isFree, BOUND)
    })
    attempts(open, () => silencer)
    commits(open)
    ends(open, () => silencer)
    listening(open, () => silencer)
  })
}

type Open = (connectionsMax?: number) => PostgresStore

const stopTimers = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

function attempts(open: Open, silencer: () => Silencer): void {
  test('an attempt to connect that is never answered is given up, and its place is free again', async () => {
    const store = open(4)
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive')
    stopTimers()
    silencer().isSilent = true
    const all = Array.from({ length: 4 }, () => store.query('select 1', [], { deadlineMs: 200 }))
    const told = Promise.allSettled(all)
    await vi.waitUntil(() => silencer().connections === 4, BOUND)
    vi.advanceTimersByTime(200)
    const late = { message: expect.stringMatching(/gave no connection.*can be reached/) as string }
    expect(await told).toMatchObject(Array.from({ length: 4 }, () => ({ reason: late })))
    silencer().isSilent = false
    const next = store.query('select 1 as one')
    vi.advanceTimersByTime(10_000)
    expect(await next).toMatchObject(ONE)
    expect(keepAlive.mock.calls[0]).toEqual([true, 10_000])
  })

  test('whoever waits for longer than one attempt gets the next one', async () => {
    const store = open(1)
    stopTimers()
    silencer().isSilent = true
    const waiting = store.query('select 1 as one')
    await vi.waitUntil(() => silencer().connections === 1, BOUND)
    silencer().isSilent = false
    vi.advanceTimersByTime(10_000)
    expect(await waiting).toMatchObject(ONE)
  })
}

function commits(open: Open): void {
  const tell = async (store: PostgresStore, name: string, then: () => void): Promise<unknown> =>
    await store
      .transaction(async (transaction) => {
        await transaction.query('insert into written values ($1)', [name])
        then()
      })
      .catch((error: unknown) => (error as { code?: string }).code)

  test('the deadline passes while the commit is under way: nobody is told that nothing is kept', async () => {
    const store = open()
    await store.query('create table if not exists written (name text)')
    stopTimers()
    expect(await tell(store, 'before', () => void vi.advanceTimersByTime(60_000))).toBe('WT_STORE_DEADLINE')
    const whenSent = (): void => {
      // oxlint-disable-next-line typescript/unbound-method -- it is called on its socket
      const write = Socket.prototype.write
      vi.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, bytes: Uint8Array) {
        const isTaken = write.call(this, bytes)
        if (Buffer.from(bytes).includes('commit\0')) vi.advanceTimersByTime(60_000)
        return isTaken
      } as typeof write)
    }
    expect(await tell(store, 'committing', whenSent)).toBe('WT_STORE_COMMIT_UNKNOWN')
    vi.restoreAllMocks()
    const { rows } = await store.query(`select name from written where name = 'before'`)
    expect(rows).toEqual([])
  })
}

function ends(open: Open, silencer: () => Silencer): void {
  test('a store is closed while its database is silent: that ends by the deadline, and no connection is left', async () => {
    const store = open(2)
    await store.listen('news', () => {})
    await store.query('select 1')
    silencer().isSilent = true
    await store.close({ deadlineMs: 100 })
    await expect.poll(() => silencer().connections, BOUND).toBe(0)
  })

  test('a store is closed while statements run and wait: who waits is told so, and no connection is left', async () => {
    const store = open(1)
    await store.query('select 1')
    silencer().isSilent = true
    const running = store.query('select 1').catch((error: unknown) => error)
    await new Promise((resolve) => setImmediate(resolve))
    const waiting = store.query('select 1').catch((error: unknown) => error)
    await expect(store.close({ deadlineMs: 100 })).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
    expect(await waiting).toMatchObject({ code: 'WT_STORE_CLOSED' })
    expect(await running).toMatchObject({ message: expect.stringMatching(/terminated/) as string })
    await expect.poll(() => silencer().connections, BOUND).toBe(0)
  })

  test('a consumer is closed while the database is silent: that ends by the deadline', async () => {
    const store = open(2)
    await migrate(store)
    const topic = defineTopic('silent', { source: '/test', types: {} })
    const consumer = await consume(store, { group: 'silent', topic, handle: async () => {}, pollMs: 60_000 })
    silencer().isSilent = true
    await expect(consumer.close({ deadlineMs: 100 })).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
  })
}

function listening(open: Open, silencer: () => Silencer): void {
  const hear = async (store: PostgresStore, heard: readonly string[], word: string): Promise<void> => {
    // Lost while a connection is down, as it may be.
    const notified = async (): Promise<readonly string[]> => {
      await store.query('select pg_notify($1, $2)', ['news', word]).catch(() => {})
      return heard
    }
    await expect.poll(notified, BOUND).toContain(word)
  }

  test('the connection that listens is lost: it is made again, and what is notified then is heard', async () => {
    const store = open(1)
    const heard: string[] = []
    await store.listen('news', (payload) => heard.push(payload))
    await hear(store, heard, 'before')
    silencer().drop()
    await hear(store, heard, 'after')
    expect(heard).toContain('before')
  })

  test('somebody listens before a lost connection is made again: it is made once, and none is left when the store is closed', async () => {
    const store = open(1)
    await store.listen('news', () => {})
    stopTimers()
    silencer().drop()
    await vi.waitUntil(() => vi.getTimerCount() > 0, BOUND)
    const heard: string[] = []
    await store.listen('more', () => {})
    await store.listen('news', (payload) => heard.push(payload))
    vi.advanceTimersByTime(5_000)
    vi.useRealTimers()
    await hear(store, heard, 'once')
    await store.close()
    await expect.poll(() => silencer().connections, BOUND).toBe(0)
  })
}
