import { expect, test } from 'vitest'
import { PipeliningTransaction, type PipelinedStatement } from '../src/store/pipelining-transaction.js'
import type { Store, StoreTransaction } from '../src/store/store.js'

/** What becomes of statements that nobody waits for, in a schema `contract`. */
export function pipelinedContract(run: Run): void {
  whatIsWritten(run)
  whatFails(run)
  whatIsNotSent(run)
}

type Run = Pick<Store, 'query' | 'transaction'>

const insert = 'insert into contract.entry values ($1, $2) returning name'

function whatIsWritten(run: Run): void {
  const taken = (like: string): Promise<string[]> => namesLike(run, like)

  test('what nobody waits for is written with the commit, behind what was asked for before', async () => {
    const answers: unknown[] = []
    await run.transaction(async (transaction) => {
      await transaction.query(insert, ['piped-a', 1])
      ask(transaction, {
        text: `update contract.entry set amount = amount + 1 where name like 'piped-%' returning amount`,
        onAnswer: ({ rows }) => answers.push(rows),
      })
      ask(transaction, { text: insert, values: ['piped-b', 1], onAnswer: ({ rows }) => answers.push(rows) })
      expect(answers).toEqual([])
    })
    expect(answers).toEqual([[{ amount: 2 }], [{ name: 'piped-b' }]])
    expect(await taken('piped-%')).toEqual(['piped-a', 'piped-b'])
  })

  test('it may be all that a transaction does', async () => {
    await run.transaction(async (transaction) => {
      ask(transaction, { text: insert, values: ['piped-alone', 1] })
      await Promise.resolve()
    })
    expect(await taken('piped-alone')).toEqual(['piped-alone'])
  })

  test('a statement that comes behind it sees what it wrote', async () => {
    await run.transaction(async (transaction) => {
      ask(transaction, { text: insert, values: ['piped-seen', 1] })
      const { rows } = await transaction.query('select amount from contract.entry where name = $1', [
        'piped-seen',
      ])
      expect(rows).toEqual([{ amount: 1 }])
    })
  })
}

function whatFails(run: Run): void {
  const taken = (like: string): Promise<string[]> => namesLike(run, like)

  test('when it fails the transaction does, with what the one who asked makes of it', async () => {
    const told: unknown[] = []
    const failing = run.transaction(async (transaction) => {
      await transaction.query(insert, ['failed-a', 1])
      ask(transaction, { text: insert, values: ['failed-b', 1], onAnswer: () => told.push('an answer') })
      ask(transaction, {
        text: 'select 1 / 0',
        onFailure: (cause) => {
          told.push((cause as { code: string }).code)
          return new Error('not published', { cause })
        },
      })
    })
    await expect(failing).rejects.toThrow('not published')
    expect(told.at(-1)).toBe('22012')
    expect(await taken('failed-%')).toEqual([])
  })

  test('when the work swallows all errors, nothing is committed either, and the first failure is told', async () => {
    const later: unknown[] = []
    const failing = run.transaction(async (transaction) => {
      ask(transaction, { text: 'select 1 / 0' })
      for (const name of ['swallowed-a', 'swallowed-b'])
        await transaction.query(insert, [name, 1]).catch((error: unknown) => later.push(error))
    })
    const failure = { code: '22012' }
    await expect(failing).rejects.toMatchObject(failure)
    expect(later).toMatchObject([failure, failure])
    expect(await taken('swallowed-%')).toEqual([])
  })

  test('the commit refuses what a constraint says at the end, and nothing is called unknown', async () => {
    await run.query('create table contract.late (n integer unique deferrable initially deferred)')
    const failing = run.transaction(async (transaction) => {
      await transaction.query('insert into contract.late values (1)')
      ask(transaction, { text: 'insert into contract.late values (1)' })
    })
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    expect((await run.query('select from contract.late')).rows).toEqual([])
  })
}

function whatIsNotSent(run: Run): void {
  const taken = (like: string): Promise<string[]> => namesLike(run, like)

  test('a value that cannot be sent leaves nothing of the rest, whatever the place', async () => {
    const unsendable = {
      toJSON: () => {
        throw new Error('no value')
      },
    }
    for (const place of [0, 1, 2]) {
      const failing = run.transaction(async (transaction) => {
        await transaction.query(insert, [`unsendable-${place}-first`, 1])
        for (const index of [0, 1, 2]) {
          const name: unknown = index === place ? unsendable : `unsendable-${place}-${index}`
          ask(transaction, { text: insert, values: [name, 1] })
        }
      })
      await expect(failing).rejects.toThrow(/no value|clone/)
    }
    expect(await taken('unsendable-%')).toEqual([])
    expect((await run.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })

  test('when the work fails it is not written, and whoever asked hears once what became of it', async () => {
    const heard: unknown[] = []
    const failing = run.transaction(async (transaction) => {
      await transaction.query(insert, ['given-up-a', 1])
      ask(transaction, {
        text: insert,
        values: ['given-up-b', 1],
        onAnswer: (answer) => heard.push(answer),
        onFailure: (error) => heard.push(error),
      })
      throw new Error('a change of mind')
    })
    await expect(failing).rejects.toThrow('a change of mind')
    expect(await taken('given-up-%')).toEqual([])
    expect(heard).toHaveLength(1)
  })

  test('once the transaction is over it is refused', async () => {
    const kept = await run.transaction(async (transaction) => transaction)
    expect(() => ask(kept, { text: 'select 1' })).toThrow('the transaction is over')
  })
}

async function namesLike(run: Pick<Store, 'query'>, like: string): Promise<string[]> {
  const { rows } = await run.query<{ name: string }>(
    'select name from contract.entry where name like $1 order by name',
    [like],
  )
  return rows.map(({ name }) => name)
}

function ask(
  transaction: StoreTransaction,
  statement: Partial<PipelinedStatement> & { readonly text: string },
): void {
  if (!(transaction instanceof PipeliningTransaction)) throw new Error('got a transaction that waits')
  transaction.pipeline({ values: [], onAnswer: () => {}, onFailure: (error) => error, ...statement })
}
