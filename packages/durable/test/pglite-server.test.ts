import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FolderLock } from '../src/store/pglite/folder-lock.js'
import { servePGlite, type PGliteServer } from '../src/store/pglite/server/serve-pglite.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { postgresStoreContract } from './postgres-store-contract.js'
import { storeContract } from './store-contract.js'

let server: PGliteServer
beforeAll(async () => {
  server = await servePGlite({ idleInTransactionMs: 500 })
})
afterAll(async () => {
  await server.close()
})

storeContract('PGlite that several processes share', async (options) => {
  return new PostgresStore({ url: server.url, ...options })
})

postgresStoreContract(() => server.url)

describe('an embedded database that is shared', () => {
  test('its port is taken: its folder is free again', async () => {
    const root = mkdtempSync(join(tmpdir(), 'taken-'))
    const folder = join(root, 'data')
    const port = Number(new URL(server.url).port)
    await expect(servePGlite({ folder, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(() => FolderLock.take(folder).release()).not.toThrow()
    rmSync(root, { recursive: true })
  })

  test('what one client notifies, another hears', async () => {
    const [one, other] = [new PostgresStore({ url: server.url }), new PostgresStore({ url: server.url })]
    const heard = new Promise<string>((resolve) => void one.listen('news', resolve))
    for (let isHeard = false; !isHeard;) {
      await other.query(`select pg_notify('news', 'hello')`)
      isHeard = await Promise.race([
        heard.then(() => true),
        new Promise<false>((resolve) => setTimeout(resolve, 20, false)),
      ])
    }
    expect(await heard).toBe('hello')
    await one.close()
    await other.close()
  })

  test('a table whose columns have changed, or changed back, is read as it is, by whichever client', async () => {
    const [one, other] = [new PostgresStore({ url: server.url }), new PostgresStore({ url: server.url })]
    await one.query('create table columns as select 1 as first')
    const all = 'select * from columns'
    for (const store of [one, other, one]) expect((await store.query(all)).rows).toEqual([{ first: 1 }])
    await other.query('alter table columns add second integer default 2')
    for (const store of [one, other]) expect((await store.query(all)).rows).toEqual([{ first: 1, second: 2 }])
    const undone = one.transaction(async (transaction) => {
      await transaction.query('alter table columns drop first')
      expect((await transaction.query(all)).rows).toEqual([{ second: 2 }])
      throw new Error('a change of mind')
    })
    await expect(undone).rejects.toThrow('a change of mind')
    for (const store of [one, other]) expect((await store.query(all)).rows).toEqual([{ first: 1, second: 2 }])
    await one.close()
    await other.close()
  })

  test('statements that fail again and again cost the database nothing that stays', async () => {
    const store = new PostgresStore({ url: server.url, listenUrl: false })
    for (let index = 0; index < 100; index += 1)
      await expect(store.query(`select ${index} / 0`)).rejects.toMatchObject({ code: '22012' })
    const { rows } = await store.query<{ count: number }>(
      'select count(*)::integer as count from pg_prepared_statements',
    )
    expect(rows[0]?.count).toBeLessThan(40)
    await store.close()
  })

  test('a client that is gone in the middle of a transaction leaves nothing, and holds up nobody', async () => {
    const store = new PostgresStore({ url: server.url, listenUrl: false })
    await store.query('create table gone (id integer)')
    const doomed = new pg.Client(server.url)
    doomed.on('error', () => {})
    await doomed.connect()
    await doomed.query('begin; insert into gone values (1)')
    const next = store.query('select * from gone')
    ;(doomed as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    expect((await next).rows).toEqual([])
    await store.close()
  })

  test('a client that falls silent in a transaction is rolled back', async () => {
    const store = new PostgresStore({ url: server.url, listenUrl: false })
    const silent = new pg.Client(server.url)
    const cut = new Promise<unknown>((resolve) => silent.on('error', resolve))
    await silent.connect()
    await silent.query('begin; create table silent (id integer)')
    const { rows } = await store.query(`select to_regclass('silent') as found`)
    expect(rows).toEqual([{ found: null }])
    expect(await cut).toMatchObject({ code: '25P03' })
    await store.close()
  })

  test('whoever does not know the password gets in nowhere', async () => {
    const url = new URL(server.url)
    url.password = 'guessed'
    const client = new pg.Client(url.href)
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' })
  })

  test('noise ends its own connection and no other', async () => {
    const store = new PostgresStore({ url: server.url, listenUrl: false })
    for (const noise of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\0', '\xff'.repeat(100), '']) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      socket.on('error', () => {}).resume()
      socket.end(Buffer.from(noise, 'latin1'))
      await new Promise<void>((resolve) => socket.once('close', () => resolve()))
    }
    expect((await store.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await store.close()
  })
})
