import { expect, test } from 'vitest'
import { FencedError } from '../src/events/errors.js'
import { drain, type Scene } from './scene.js'

/** What members of a group do to one another. */
export function groupsContract(scene: (topic: string) => Scene): void {
  sharing(scene)
  lostMembers(scene)
}

function sharing(scene: (topic: string) => Scene): void {
  test('members share the partitions, and one that leaves hands its own on', async () => {
    const it = scene('shared')
    const [one, other] = [await it.member(), await it.member()]
    await drain(one, other)
    expect([one.partitions.length, other.partitions.length]).toEqual([8, 8])
    expect(new Set([...one.partitions, ...other.partitions]).size).toBe(16)
    await one.leave()
    await drain(other)
    expect(other.partitions).toHaveLength(16)
  })

  test('order of a key survives that its partition moves from one member to another', async () => {
    const it = scene('moved')
    const members = [await it.member({ batchMax: 3 })]
    for (let n = 0; n < 30; n += 1) {
      await it.publish([`k${n % 3}`, n])
      if (n % 10 === 5) members.push(await it.member({ batchMax: 3 }))
      if (n % 10 === 9) await members.shift()?.leave()
      for (const member of members) await member.round()
    }
    await drain(...members)
    expect(await it.effects()).toHaveLength(30)
    for (let key = 0; key < 3; key += 1) {
      const numbers = (await it.effects())
        .filter((entry) => entry.startsWith(`k${key}:`))
        .map((entry) => Number(entry.slice(3)))
      expect(numbers).toEqual(numbers.toSorted((one, next) => one - next))
    }
  })
}

function lostMembers(scene: (topic: string) => Scene): void {
  test('a member whose lease has passed to another writes nothing', async () => {
    const it = scene('fenced')
    const zombie = await it.member({
      handle: async (_event, transaction) => {
        await it.effect(transaction, 'zombie')
      },
    })
    await zombie.round()
    await it.publish(['a', 1])
    // It stands still for longer than its lease: the database has given its partitions to another.
    await it.loseMembers()
    const heir = await it.member()
    await heir.round()
    it.now = -10_000_000
    await expect(zombie.round()).rejects.toMatchObject({ code: 'WT_EVENTS_FENCED' })
    await drain(heir)
    expect(await it.effects()).toEqual(['a:1'])
  })

  test('an event that ends its process every time is dead after as many attempts as it may have', async () => {
    const it = scene('poison')
    await it.publish(['a', 1], ['a', 2], ['b', 3])
    const started: number[] = []
    for (let life = 0; life < 6; life += 1) {
      const doomed = await it.member({
        attemptsMax: 3,
        handle: async ({ key, data }, transaction) => {
          started.push(data.n)
          // A process that ends answers nothing more: its member never comes back from here.
          if (data.n === 1) throw Object.assign(new Error('ended'), { code: '57P01' })
          await it.effect(transaction, `${key}:${data.n}`)
        },
      })
      await doomed.round().catch(() => {})
      await it.loseMembers()
    }
    expect(started.filter((n) => n === 1).length).toBeLessThanOrEqual(4)
    expect(await it.effects()).toContain('b:3')
    const { rows } = await it.store.query<{ state: string; attempts: number }>(
      `select state, attempts from watertight.parked_event where topic = 'poison' order by id`,
    )
    expect(rows).toEqual([
      { state: 'dead', attempts: 3 },
      { state: 'waiting', attempts: 0 },
    ])
  })

  test('an event whose second try ended its process is tried again as soon as the lease has ended', async () => {
    const it = scene('killed-retry')
    await it.publish(['a', 1])
    const handlerDeadlineMs = 3_600_000
    let calls = 0
    const doomed = await it.member({
      handlerDeadlineMs,
      handle: async () => {
        calls += 1
        if (calls === 1) throw new Error('not yet')
        // A process that is killed says nothing of its try.
        throw new FencedError('killed')
      },
    })
    await doomed.round()
    await doomed.round().catch(() => {})
    expect(calls).toBe(2)
    await it.loseMembers()
    await drain(await it.member({ handlerDeadlineMs }))
    expect(await it.effects()).toEqual(['a:1'])
  })
}
