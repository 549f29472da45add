import { describe, expect, test } from 'vitest'
import { saga, waitingSagas, type SagaDefinition } from '../../src/saga/index.js'
import type { Store } from '../../src/store/store.js'
import { EngineBench } from './engine-bench.js'

/** What an operator relies on: dependencies apart, versions, transactions, clean-up. */
export function operationsContract(name: string, openStore: () => Promise<Store>): void {
  describe(`operating the saga engine on ${name}`, () => {
    const bench = new EngineBench(openStore)
    keepsDependenciesApart(bench)
    letsGoOfWhoeverWaits(bench)
    startsInTransactions(bench)
    cleansUp(bench)
  })
}

function keepsDependenciesApart(bench: EngineBench): void {
  test('a dependency that hangs, and more sagas than it has places for: those that need another one go on', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    let atOnce = 0
    let most = 0
    const hung = saga('hung')
      .step('one', {
        run: async () => {
          most = Math.max(most, (atOnce += 1))
          await gate
          atOnce -= 1
        },
        effect: 'none',
        dependency: 'payment',
      })
      .build()
    const fine = saga('fine')
      .step('one', { run: () => 1, effect: 'none', dependency: 'inventory' })
      .build()
    const engine = await bench.open({ sagas: [hung, fine], dependencies: { payment: 2 } })
    const start = async (definition: SagaDefinition, name: string, count: number) =>
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          engine.start(definition, { id: `${name}-${index}`, input: null }),
        ),
      )
    const waiting = await start(hung, 'hung', 12)
    const going = await start(fine, 'fine', 3)
    for (const { outcome } of going) expect(await outcome()).toMatchObject({ status: 'done' })
    const { rows } = await bench.store.query<{ count: number }>(
      "select count(*)::integer as count from watertight.saga where owner is null and waits_for = 'payment' and status = 'running'",
    )
    // Two are asked, two wait in memory; all others wait in the store, where they are in nobody's way.
    expect(rows[0]?.count).toBe(8)
    expect(await waitingSagas(bench.store)).toEqual([{ dependency: 'payment', sagas: 8 }])
    expect(most).toBe(2)
    open()
    for (const { outcome } of waiting) expect(await outcome()).toMatchObject({ status: 'done' })
    expect(most).toBe(2)
  })
}

function letsGoOfWhoeverWaits(bench: EngineBench): void {
  test('who stops waiting for the end of a saga is told why, and the saga goes on', async () => {
    const long = saga('long').signal('settled').build()
    const engine = await bench.open({ sagas: [long] })
    const { id, outcome } = await engine.start(long, { id: 'long-1', input: null })
    const answered = new AbortController()
    const waiting = outcome({ signal: answered.signal })
    answered.abort(new Error('the customer has been answered'))
    await expect(waiting).rejects.toThrow('the customer has been answered')
    await engine.signal(id, 'settled')
    expect(await outcome()).toMatchObject({ status: 'done' })
  })
}

function startsInTransactions(bench: EngineBench): void {
  test('a saga that is started in a transaction begins when that commits, and never when it does not', async () => {
    const short = saga('in-transaction')
      .step('one', { run: () => 1 })
      .build()
    const engine = await bench.open({ sagas: [short] })
    const rolledBack = bench.store.transaction(async (transaction) => {
      await engine.startIn(transaction, short, { id: 'rolled-back', input: null })
      throw new Error('the order is not written')
    })
    await expect(rolledBack).rejects.toThrow('the order is not written')
    const handle = await bench.store.transaction((transaction) =>
      engine.startIn(transaction, short, { id: 'committed', input: null }),
    )
    expect(await handle.outcome()).toMatchObject({ status: 'done' })
    expect(await engine.find('rolled-back')).toBeUndefined()
  })
}

function cleansUp(bench: EngineBench): void {
  test('sagas that have ended are deleted after their time; one that is parked never is', async () => {
    const short = saga('cleaned')
      .step('one', { run: () => 1 })
      .build()
    const stuck = saga('kept')
      .step('one', {
        run: () => {
          throw new Error('no answer')
        },
        compensate: () => {
          throw new Error('no answer')
        },
        retry: { attempts: 1 },
        compensation: { retry: { attempts: 1 } },
      })
      .build()
    const engine = await bench.open({ sagas: [short, stuck] })
    const ended = await engine.start(short, { id: bench.nextId(), input: null })
    const parked = await engine.start(stuck, { id: bench.nextId(), input: null })
    await ended.outcome()
    expect((await parked.outcome()).status).toBe('compensation-failed')
    await bench.open({ sagas: [short, stuck], keepEndedMs: 0 })
    await expect.poll(async () => await engine.find(ended.id)).toBeUndefined()
    expect((await engine.find(parked.id))?.status).toBe('compensation-failed')
  })
}
