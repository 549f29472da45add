import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { PGliteStore } from '../src/store/pglite/pglite-store.js'
import type { Store } from '../src/store/store.js'
import { emptyStore } from './empty-store.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** What whoever runs a transaction that writes `name` is told, when `then` happens at the moment at which `text` was sent. */
async function toldWhen(store: Store, name: string, spy: () => void): Promise<unknown> {
  const writing = store.transaction(async (transaction) => {
    await transaction.query('insert into written values ($1)', [name])
    spy()
  })
  const told = await writing.then(
    () => 'committed',
    (error: unknown) => (error as { code?: string }).code,
  )
  vi.restoreAllMocks()
  vi.useRealTimers()
  return told
}

/** Timers stand still but for this. */
const passDeadline = (): void => void vi.advanceTimersByTime(120_000)
const stopTimers = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

const whenPosted = (text: string, then: (worker: Worker) => void) => (): void => {
  // oxlint-disable-next-line typescript/unbound-method -- it is called on its worker
  const post = Worker.prototype.postMessage
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, request: unknown) {
    post.call(this, request)
    if ((request as { text?: string }).text === text) then(this)
  })
}

describe('the embedded database', () => {
  test('the deadline passes while the commit is under way: it is not called rolled back, for it is done', async () => {
    const store = await emptyStore()
    await store.query('create table written (name text)')
    stopTimers()
    expect(await toldWhen(store, 'committing', whenPosted('commit', passDeadline))).toBe(
      'WT_STORE_COMMIT_UNKNOWN',
    )
    stopTimers()
    expect(await toldWhen(store, 'before', whenPosted('select 1', passDeadline))).toBe('WT_STORE_DEADLINE')
    expect((await store.query('select name from written')).rows).toEqual([{ name: 'committing' }])
    await store.close()
  })

  test('a transaction that waits for its own store is told that there is one connection, and what to do', async () => {
    const store = await emptyStore()
    const waiting = store.transaction(() => store.query('select 1', [], { deadlineMs: 50 }))
    await expect(waiting).rejects.toThrow(/one connection.*ask nothing of the store within a transaction/)
    await store.close()
  })

  test('closing ends by its deadline, whatever runs: a statement without an end, a transaction that waits, a database that is still being opened', async () => {
    const busy = new PGliteStore()
    await busy.query('select 1')
    const endless = busy.query('select count(*) from generate_series(1, 1e15)').catch(() => 'ended')
    await expect(busy.close({ deadlineMs: 200 })).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
    expect(await endless).toBe('ended')
    await expect(busy.query('select 1')).rejects.toMatchObject({ code: 'WT_STORE_CLOSED' })

    const waiting = new PGliteStore()
    let go = (): void => {}
    const gone = new Promise<void>((resolve) => (go = resolve))
    const transaction = waiting
      .transaction(async (within) => {
        await within.query('select 1')
        await gone
        return (await within.query('select 1')).rows
      })
      .catch(() => 'ended')
    await expect(waiting.close({ deadlineMs: 200 })).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
    go()
    expect(await transaction).toBe('ended')

    const opening = new PGliteStore()
    await expect(opening.close({ deadlineMs: 1 })).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
  })

  test('a copy from a client is refused before the database waits for it, and holds up nobody', async () => {
    const store = await emptyStore()
    await store.query('create table copied (id integer)')
    const copy = 'COPY copied (id)\n from STDIN'
    await expect(store.query(copy)).rejects.toThrow(/no data to copy/)
    await expect(store.atOnce((at) => [at.query('select 1'), at.query(copy)])).rejects.toThrow(
      /no data to copy/,
    )
    await expect(store.transaction((transaction) => transaction.query(copy))).rejects.toThrow(
      /no data to copy/,
    )
    expect((await store.query('select id from copied')).rows).toEqual([])
    await store.close()
  })

  test('its thread ends while the commit is under way: nobody knows what became of it', async () => {
    const store = new PGliteStore()
    await store.query('create table written (name text)')
    const end = (worker: Worker): void => void worker.terminate()
    expect(await toldWhen(store, 'ended', whenPosted('commit', end))).toBe('WT_STORE_COMMIT_UNKNOWN')
    await store.close().catch(() => {})
  })
})
