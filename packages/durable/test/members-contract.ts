import { afterEach, expect, test, vi } from 'vitest'
import { deadLetters } from '../src/events/dead-letters.js'
import { partitionOf } from '../src/outbox/partition-of.js'
import { drain, type Scene } from './scene.js'

/** What one member promises the rest of its group, and the events beside the one that it is at. */
export function membersContract(scene: (topic: string) => Scene): void {
  besideTrouble(scene)
  besideOthers(scene)
}

const goesDown = (): Error => Object.assign(new Error('the database goes down'), { code: '57P01' })
const never = new Promise<never>(() => {})

function besideTrouble(scene: (topic: string) => Scene): void {
  test('an event fails as if through the database, whenever it is tried: its neighbours are handled all the same', async () => {
    const it = scene('careful')
    await it.publish(['a', 1], ['b', 2], ['c', 3])
    const member = await it.member({
      attemptsMax: 2,
      handle: async ({ data }, transaction) => {
        if (data.n === 2) throw goesDown()
        await it.effect(transaction, String(data.n))
      },
    })
    for (let rounds = 0; rounds < 40; rounds += 1) await member.round().catch(() => {})
    expect((await it.effects()).toSorted()).toEqual(['1', '3'])
  })

  test('a handler that hangs ends with its deadline, at the first try and at later ones, and its event is dead in the end', async () => {
    const it = scene('hanging')
    await it.publish(['a', 1], ['b', 2])
    let left = 1
    const member = await it.member({
      attemptsMax: 2,
      handlerDeadlineMs: 150,
      handle: async ({ data }) => {
        if (data.n === 2 && left-- > 0) throw new Error('at once')
        await never
      },
    })
    const dead = async () => await deadLetters(it.store, { topic: it.topic.name })
    for (let rounds = 0; rounds < 40 && (await dead()).length < 2; rounds += 1)
      await member.round().catch(() => {})
    expect((await dead()).map(({ attempts, error }) => [attempts, error?.split(':')[0]])).toEqual([
      [2, 'StoreError'],
      [2, 'StoreError'],
    ])
  })
}

function besideOthers(scene: (topic: string) => Scene): void {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a partition with very many events starves no other', async () => {
    const it = scene('starving')
    const keys = ['a', 'b', 'c', 'd'].filter((key, index, all) => {
      return all.findIndex((one) => partitionOf(one) === partitionOf(key)) === index
    })
    expect(keys.length).toBeGreaterThan(1)
    await it.publish(...keys.flatMap((key) => Array.from({ length: 150 }, (_, n) => [key, n] as const)))
    const member = await it.member({ batchMax: 5 })
    const handled = async (key: string): Promise<number> =>
      (await it.effects()).filter((name) => name.startsWith(key)).length
    const counts = async (): Promise<number[]> => await Promise.all(keys.map(handled))
    for (let rounds = 0; rounds < 60 && Math.min(...(await counts())) === 0; rounds += 1) await member.round()
    expect(Math.min(...(await counts()))).toBeGreaterThan(0)
    expect(Math.max(...(await counts()))).toBeLessThan(150)
  })

  test('a member that is gone without a word is known no longer once another has looked', async () => {
    const it = scene('gone-members')
    const gone = await it.member()
    await gone.round()
    const members = async (): Promise<number> =>
      (await it.store.query('select from watertight.consumer_member where topic = $1', [it.topic.name])).rows
        .length
    await it.store.query(
      `update watertight.consumer_member set expires_at = now() - interval '1 second' where topic = $1`,
      [it.topic.name],
    )
    const heir = await it.member()
    await heir.round()
    expect(await members()).toBe(1)
  })

  test('a member whose clock is an hour late holds what it has claimed and renewed: both end by the clock of the database', async () => {
    const it = scene('late-clock')
    const member = await it.member({ leaseMs: 600_000 })
    const standing = async (): Promise<unknown> => {
      const text = `select count(*)::integer as count, bool_and(expires_at > now()) as "areHeld" from (
        select expires_at from watertight.consumer_lease where topic = $1 and owner is not null
        union all select expires_at from watertight.consumer_member where topic = $1) as held`
      return (await it.store.query(text, [it.topic.name])).rows[0]
    }
    vi.setSystemTime(Date.now() - 3_600_000)
    await member.round()
    expect(await standing()).toEqual({ count: 17, areHeld: true })
    await member.renew()
    expect(await standing()).toEqual({ count: 17, areHeld: true })
  })

  test('members whose clocks differ by hours agree on who holds what: the clock of the database counts', async () => {
    const it = scene('clocks')
    const [behind, ahead] = [await it.member(), await it.member()]
    const hourMs = 3_600_000
    vi.setSystemTime(Date.now() - hourMs)
    await behind.round()
    vi.setSystemTime(Date.now() + 2 * hourMs)
    await ahead.round()
    expect([behind.partitions.length, ahead.partitions.length]).toEqual([16, 0])
    await drain(behind, ahead)
    expect([behind.partitions.length, ahead.partitions.length]).toEqual([8, 8])
  })
}
