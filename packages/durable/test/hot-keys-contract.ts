import { expect, test } from 'vitest'
import { FencedError } from '../src/events/errors.js'
import { deadLetters } from '../src/events/dead-letters.js'
import { drain, type Scene } from './scene.js'

const ended = (): Error => Object.assign(new Error('the database goes down'), { code: '57P01' })
const numbersFrom = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n)

/** What becomes of the many events of a key behind one that failed. */
export function hotKeysContract(scene: (topic: string) => Scene): void {
  catchingUp(scene)
  failuresAmongThem(scene)
}

function catchingUp(scene: (topic: string) => Scene): void {
  test('a key with many events, the first of which failed once, catches up as fast as it can, in order', async () => {
    const it = scene('hot-key')
    await it.publish(...numbersFrom(1, 200).map((n) => ['a', n] as const))
    let clock = 0
    const transactions = new Set<unknown>()
    let left = 1
    const member = await it.member({
      batchMax: 40,
      now: () => clock,
      handle: async ({ data }, transaction) => {
        if (data.n === 1 && left-- > 0) throw new Error('not yet')
        transactions.add((await transaction.query('select pg_current_xact_id()::text as id')).rows[0]!['id'])
        await it.effect(transaction, String(data.n))
      },
    })
    await drain(member)
    expect(await it.effects()).toEqual([])
    // From here on no time passes: nobody waits until it is time to look again.
    clock = 200
    await member.round()
    // More than a round can add to them, or they would never end.
    expect((await it.effects()).length).toBeGreaterThan(40)
    await drain(member)
    expect(await it.effects()).toEqual(numbersFrom(1, 200).map(String))
    expect(transactions.size).toBeLessThan(20)
  })

  test('more keys have failed than one look finds: the others do not wait for the next', async () => {
    const it = scene('many-keys-due')
    const numbers = numbersFrom(1, 150)
    await it.publish(...numbers.map((n) => [`k${n}`, n] as const))
    let clock = 0
    const failures = Object.fromEntries(numbers.map((n) => [n, 1]))
    const member = await it.member({ now: () => clock, batchMax: 50, failures })
    await drain(member)
    clock = 200
    await drain(member)
    expect(await it.effects()).toHaveLength(150)
  })

  test('an event that waited and ends its process every time is dead after its attempts, and costs its neighbours none', async () => {
    const it = scene('poison-behind')
    await it.publish(...numbersFrom(1, 8).map((n) => ['a', n] as const))
    let left = 1
    let deaths = 0
    for (let life = 0; life < 8; life += 1) {
      const member = await it.member({
        attemptsMax: 3,
        handle: async ({ data }, transaction) => {
          if (data.n === 1 && left-- > 0) throw new Error('not yet')
          if (data.n === 5) {
            deaths += 1
            // A process that is killed says nothing of its try.
            throw new FencedError('killed')
          }
          await it.effect(transaction, String(data.n))
        },
      })
      await drain(member).catch(() => {})
      await it.loseMembers()
    }
    expect(await it.effects()).toEqual(['1', '2', '3', '4'])
    expect(deaths).toBeLessThanOrEqual(4)
    const [dead] = await deadLetters(it.store, { topic: it.topic.name })
    expect(dead).toMatchObject({ data: { n: 5 }, attempts: 3, waiting: 3 })
  })
}

function failuresAmongThem(scene: (topic: string) => Scene): void {
  test('of events that waited together one fails: those before it are done, it is tried again, and those behind it wait', async () => {
    const it = scene('fails-behind')
    await it.publish(...numbersFrom(1, 8).map((n) => ['a', n] as const))
    await drain(await it.member({ attemptsMax: 2, failures: { 1: 1, 5: 9 } }))
    expect(await it.effects()).toEqual(['a:1', 'a:2', 'a:3', 'a:4'])
    const [dead] = await deadLetters(it.store, { topic: it.topic.name })
    expect(dead).toMatchObject({ data: { n: 5 }, attempts: 2, waiting: 3, error: 'Error: no 5' })
  })

  test('of events that waited together one cannot be committed: it alone is set aside', async () => {
    const it = scene('uncommitted-behind')
    await it.refuseCommit('uncommitted-5')
    await it.publish(...numbersFrom(1, 8).map((n) => ['a', n] as const))
    let left = 1
    const member = await it.member({
      attemptsMax: 2,
      handle: async ({ data }, transaction) => {
        if (data.n === 1 && left-- > 0) throw new Error('not yet')
        await it.effect(transaction, `uncommitted-${data.n}`)
      },
    })
    await drain(member)
    expect(await it.effects()).toEqual(numbersFrom(1, 4).map((n) => `uncommitted-${n}`))
    const [dead] = await deadLetters(it.store, { topic: it.topic.name })
    expect(dead).toMatchObject({ data: { n: 5 }, attempts: 2, waiting: 3 })
  })

  test('a database that fails while an event is tried again costs it no attempt', async () => {
    const it = scene('failed-through-database')
    await it.publish(['a', 1], ['a', 2])
    const failures = [new Error('once'), ...numbersFrom(1, 10).map(ended)].toReversed()
    const member = await it.member({
      attemptsMax: 3,
      handle: async ({ data }, transaction) => {
        const failure = failures.pop()
        if (failure !== undefined) throw failure
        await it.effect(transaction, String(data.n))
      },
    })
    await drain(member)
    expect(await it.effects()).toEqual(['1', '2'])
  })
}
