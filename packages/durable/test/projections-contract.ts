import { expect, test } from 'vitest'
import type { ReceivedEvent } from '../src/events/received-event.js'
import { projection } from '../src/read-model/projection.js'
import { serveReadModel } from '../src/read-model/serve-read-model.js'
import { keyed } from './read-models-contract.js'
import type { Numbered, Scene } from './scene.js'

/** What becomes of events on their way into a read model. */
export function projectionsContract(scene: (topic: string) => Scene): void {
  test('an event that comes again after a newer one of its key changes nothing', async () => {
    const it = scene('come-again')
    const seen: ReceivedEvent<Numbered>[] = []
    const model = keyed('newer', it, { onProject: (event) => seen.push(event) })
    const served = await serveReadModel(it.store, model, { pollMs: 5 })
    for (const n of [1, 2]) await it.publish(['a', n])
    await served.waitForKey('a', { deadlineMs: 20_000 })
    await served.close()
    const first = seen.find(({ data }) => data.n === 1)!
    await it.store.transaction((transaction) => projection(model, 1).handle(first, transaction))
    expect((await it.store.query('select n from watertight.newer')).rows).toEqual([{ n: 2 }])
  })

  test('a projection that fails, or whose process ends, leaves position and rows as they belong together', async () => {
    const it = scene('together')
    const failures: Record<number, Error[]> = {
      5: [1, 2].map(() => Object.assign(new Error('ended'), { code: '57P01' })),
      9: [new Error('not yet')],
    }
    const model = keyed('whole', it, {
      onProject: ({ data }) => {
        const failure = failures[data.n]?.pop()
        if (failure !== undefined) throw failure
      },
    })
    // It makes the table, and the group.
    await (await serveReadModel(it.store, model)).close()
    await it.publish(...Array.from({ length: 40 }, (_, n) => [`k${n}`, n] as const))
    const member = await it.member({ ...projection(model, 1), areIndependent: true, batchMax: 7 })
    let refused = 0
    for (let rows = 0, round = 0; rows < 40; round += 1) {
      expect(round).toBeLessThan(100)
      await member.round().catch(() => (refused += 1))
      const stand = await standOf(it)
      expect(stand.rows + stand.parked).toBe(stand.passed)
      rows = stand.rows
    }
    expect([refused, failures]).toEqual([2, { 5: [], 9: [] }])
  })
}

/** How many events the position has passed, how many rows they have made, and how many wait for another try. */
async function standOf(it: Scene): Promise<{ passed: number; rows: number; parked: number }> {
  const { rows } = await it.store.query<{ passed: number; rows: number; parked: number }>(
    `select
      (select count(*) from watertight.outbox as o join watertight.consumer_position as p using (topic, partition)
        where p.group_name = $1 and (o.transaction, o.id) <= (p.transaction, p.id))::integer as passed,
      (select count(*) from watertight.whole)::integer as rows,
      (select count(*) from watertight.parked_event where group_name = $1)::integer as parked`,
    ['read-model.whole.1'],
  )
  return rows[0]!
}
