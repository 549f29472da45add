import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenStoreOptions } from '../src/store/open-store.js'
import { callOf } from '../src/store/calls.js'
import type { Store, StoreTransaction } from '../src/store/store.js'
import { migrate, migrationStatus } from '../src/migrations/migrate.js'
import { pipelinedContract } from './pipelined-contract.js'

/** What every store must do, embedded or real. */
export function storeContract(name: string, open: (options?: OpenStoreOptions) => Promise<Store>): void {
  let store: Store
  const run: Run = {
    query: (...rest) => store.query(...rest),
    transaction: (...rest) => store.transaction(...rest),
    atOnce: (...rest) => store.atOnce(...rest),
  }
  describe(`the store: ${name}`, () => {
    beforeAll(async () => {
      store = await open()
      await store.query('create schema if not exists contract')
      await store.query('create table if not exists contract.entry (name text primary key, amount integer)')
    })
    afterAll(async () => {
      await store.query('drop schema contract cascade')
      await store.close()
    })
    statementsAndTransactions(run)
    statementsAtOnce(run)
    joinedCalls(run)
    endsOfTransactions(run)
    pipelinedContract(run)

    test('the schema goes up once, however many do it at the same time, also when they have looked for it before', async () => {
      for (const round of ['new', 'looked for before']) {
        await store.query('drop schema if exists watertight cascade')
        const all = await Promise.all(Array.from({ length: 4 }, () => migrate(store)))
        expect([round, ...all.map(({ pending }) => pending)]).toEqual([round, [], [], [], []])
      }
      expect((await migrationStatus(store)).applied).toContain('0001-outbox')
    })

    test('what lacks the schema, or part of it, is told to migrate', async () => {
      await store.query('drop schema if exists watertight cascade')
      const advice = /does not exist; the schema watertight is missing.*run migrate\(store\)/
      await expect(store.query('select from watertight.saga')).rejects.toThrow(advice)
      const within = store.transaction((transaction) => transaction.query('select watertight.nothing()'))
      await expect(within).rejects.toMatchObject({
        code: '3F000',
        message: expect.stringMatching(advice) as string,
      })
      await expect(store.query('select from contract.nothing')).rejects.toThrow(/nothing" does not exist$/)
    })

    test('a long statement leaves this process its turns, wherever the database runs', async () => {
      let ticks = 0
      const ticking = setInterval(() => (ticks += 1), 1)
      await store.query('select count(*) from generate_series(1, 1000000)')
      clearInterval(ticking)
      // Hundreds; in the thread of this process none would come before the answer, or one.
      expect(ticks).toBeGreaterThan(3)
    })

    test('a closed store says so', async () => {
      const other = await open()
      await other.query('select 1')
      await Promise.all([other.close(), other.close()])
      await expect(other.query('select 1')).rejects.toMatchObject({ code: 'WT_STORE_CLOSED' })
      await expect(other.transaction(async () => {})).rejects.toMatchObject({ code: 'WT_STORE_CLOSED' })
    })
  })
}

type Run = Pick<Store, 'query' | 'transaction' | 'atOnce'>

const countOf = async (run: Run, like: string): Promise<number | undefined> => {
  const { rows } = await run.query<{ count: number }>(
    'select count(*)::integer as count from contract.entry where name like $1',
    [like],
  )
  return rows[0]?.count
}

function statementsAndTransactions(run: Run): void {
  const count = (like: string): Promise<number | undefined> => countOf(run, like)

  test('a statement takes values and gives rows by name', async () => {
    const { rows } = await run.query<{ sum: number; word: string | null }>(
      'select $1::integer + 1 as sum, $2::text as word',
      [41, null],
    )
    expect(rows).toEqual([{ sum: 42, word: null }])
  })

  test('a transaction that resolves is committed, one that rejects leaves nothing', async () => {
    const result = await run.transaction(async (transaction) => {
      await transaction.query(`insert into contract.entry values ('kept', 1)`)
      return 'done'
    })
    expect(result).toBe('done')
    const failing = run.transaction(async (transaction) => {
      await transaction.query(`insert into contract.entry values ('dropped', 1)`)
      throw new Error('a change of mind')
    })
    await expect(failing).rejects.toThrow('a change of mind')
    expect([await count('kept'), await count('dropped')]).toEqual([1, 0])
  })

  test('what the database refuses is passed on with its state and its constraint', async () => {
    await run.query(`insert into contract.entry values ('twice', 1)`)
    const second = run.query(`insert into contract.entry values ('twice', 2)`)
    await expect(second).rejects.toMatchObject({ code: '23505', constraint: 'entry_pkey' })
  })
}

function statementsAtOnce(run: Run): void {
  const count = (like: string): Promise<number | undefined> => countOf(run, like)
  const insert = 'insert into contract.entry values ($1, $2) returning name, amount'

  test('statements that are sent at once are one transaction, and each has its answer', async () => {
    const [first, nothing, second, size] = await run.atOnce((transaction) => [
      transaction.query(insert, ['at-once-a', 1]),
      transaction.query('select name from contract.entry where false'),
      Promise.resolve().then(() => transaction.query(insert, ['at-once-b', null])),
      transaction.query('select pg_current_xact_id()::text = $1 as same', ['0']),
    ])
    expect(first.rows).toEqual([{ name: 'at-once-a', amount: 1 }])
    expect(nothing.rows).toEqual([])
    expect(second.rows).toEqual([{ name: 'at-once-b', amount: null }])
    expect(size.rows).toEqual([{ same: false }])
    expect(await count('at-once-%')).toBe(2)
  })

  test('when one of several at once fails, nothing of them is kept, and the store goes on', async () => {
    await run.query(insert, ['taken', 1])
    const failing = run.atOnce((transaction) => [
      transaction.query(insert, ['before-taken', 1]),
      transaction.query(insert, ['taken', 2]),
      transaction.query(insert, ['behind-taken', 3]),
    ])
    await expect(failing).rejects.toMatchObject({ code: '23505', constraint: 'entry_pkey' })
    expect([await count('before-taken'), await count('behind-taken')]).toEqual([0, 0])
  })

  test('what fails before it is sent, and a value that cannot be sent, leave nothing of the rest', async () => {
    const early = run.atOnce((transaction) => [
      transaction.query(insert, ['with-early', 1]),
      Promise.reject(new Error('refused before')),
    ])
    await expect(early).rejects.toThrow('refused before')
    const noValue = {
      toJSON: () => {
        throw new Error('no value')
      },
    }
    const unsendable = run.atOnce((transaction) => [
      transaction.query(insert, ['with-unsendable', 1]),
      transaction.query('select $1::text', [noValue]),
    ])
    await expect(unsendable).rejects.toThrow(/no value|clone/)
    expect([await count('with-early'), await count('with-unsendable')]).toEqual([0, 0])
  })

  test('a statement that waits for the answer to another is refused, since all are sent at once', async () => {
    const waiting = run.atOnce((transaction) => [
      transaction.query('select 1').then(() => transaction.query(insert, ['waited', 1])),
    ])
    await expect(waiting).rejects.toMatchObject({ code: 'WT_STORE_ABORTED' })
    expect(await count('waited')).toBe(0)
  })
}

function joinedCalls(run: Run): void {
  const insert = 'insert into contract.entry values ($1, $2) returning name'
  const length = callOf('length($1)', 'length')
  const divided = callOf('6 / $1::integer', 'divided')

  test('calls of functions that are asked next to one another have their answers, at once and in a transaction', async () => {
    const ask = (transaction: StoreTransaction) =>
      [
        transaction.query(length, ['abcd']),
        transaction.query(divided, [2]),
        transaction.query('select $1::text as between', ['b']),
        transaction.query(divided, [3]),
        transaction.query(length, ['ab']),
        transaction.query(length, ['a']),
      ] as const
    const answers = [
      { length: 4 },
      { divided: 3 },
      { between: 'b' },
      { divided: 2 },
      { length: 2 },
      { length: 1 },
    ]
    const atOnce = await run.atOnce(ask)
    const within = await run.transaction(async (transaction) => await Promise.all(ask(transaction)))
    for (const told of [atOnce, within]) expect(told.map(({ rows: [row] }) => row)).toMatchObject(answers)
  })

  test('one of such calls fails: the failure is called what those say who asked for them, and nothing is kept', async () => {
    const ask = (transaction: StoreTransaction, name: string) =>
      [
        transaction.query(insert, [name, 1]),
        transaction.query(length, ['abcd']),
        transaction.query(divided, [0]).catch((cause: unknown) => {
          throw new Error('divided by nothing', { cause })
        }),
      ] as const
    await expect(run.atOnce((at) => ask(at, 'joined-at-once'))).rejects.toMatchObject({
      message: 'divided by nothing',
      cause: { code: '22012' },
    })
    const within = run.transaction(async (transaction) => {
      const heard = await Promise.allSettled(ask(transaction, 'joined-within'))
      expect(heard.at(-1)).toMatchObject({ reason: { message: 'divided by nothing' } })
    })
    await expect(within).rejects.toMatchObject({ code: 'WT_STORE_ABORTED' })
    expect(await countOf(run, 'joined%')).toBe(0)
  })
}

function endsOfTransactions(run: Run): void {
  const count = (like: string): Promise<number | undefined> => countOf(run, like)

  test('a failed statement whose error is swallowed is no commit', async () => {
    const swallowing = run.transaction(async (transaction) => {
      await transaction.query(`insert into contract.entry values ('swallowed', 1)`)
      await transaction.query('select 1 / 0').catch(() => {})
    })
    await expect(swallowing).rejects.toMatchObject({ code: 'WT_STORE_ABORTED' })
    expect(await count('swallowed')).toBe(0)
  })

  test('a transaction that outlives its deadline is rolled back, and the store goes on', async () => {
    let end: (() => void) | undefined
    const hanging = run.transaction(
      async (transaction) => {
        await transaction.query(`insert into contract.entry values ('late', 1)`)
        await new Promise<void>((resolve) => (end = resolve))
      },
      { deadlineMs: 300 },
    )
    await expect(hanging).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
    end?.()
    expect(await count('late')).toBe(0)
  })

  test('a part of a transaction that goes on when another has failed writes nothing any more', async () => {
    let straggler: Promise<unknown> | undefined
    const failing = run.transaction(async (transaction) => {
      straggler = transaction
        .query('select 1')
        .then(async () => await transaction.query(`insert into contract.entry values ('straggler', 1)`))
      straggler.catch(() => {})
      await transaction.query('select 1')
      throw new Error('a change of mind')
    })
    await expect(failing).rejects.toThrow('a change of mind')
    await Promise.allSettled([straggler])
    expect(await count('straggler')).toBe(0)
    const kept = await run.transaction(async (transaction) => transaction)
    await expect(kept.query('select 1')).rejects.toMatchObject({ code: 'WT_STORE_ABORTED' })
  })

  test('transactions at once each see their own', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        run.transaction(async (transaction) => {
          await transaction.query('insert into contract.entry values ($1, $2)', [`many-${index}`, index])
          const { rows } = await transaction.query<{ amount: number }>(
            'select amount from contract.entry where name = $1',
            [`many-${index}`],
          )
          expect(rows[0]?.amount).toBe(index)
        }),
      ),
    )
    expect(await count('many-%')).toBe(20)
  })
}
