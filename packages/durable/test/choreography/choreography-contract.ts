import { seededRandom } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { cleanUpChoreographies } from '../../src/choreography/clean-up.js'
import { joinChoreography } from '../../src/choreography/join-choreography.js'
import { monitorChoreography } from '../../src/choreography/monitor-choreography.js'
import { publish } from '../../src/outbox/publish.js'
import type { Store } from '../../src/store/store.js'
import { drain } from '../scene.js'
import { ChoreographedShop } from './choreographed-shop.js'
import { dieAndGoOn } from './die-and-go-on.js'

const stories: readonly (readonly [string, (store: Store) => Promise<void>])[] = [
  [
    'each service does its step when it hears of the one before, and the monitor tells the whole',
    async (store) => {
      const shop = new ChoreographedShop('goes-well')
      await shop.begin(store, 'order-1', { card: 'good' })
      await shop.begin(store, 'order-1', { card: 'good' })
      await drain(...(await shop.members(store)))
      expect(await shop.effects(store, 'order-1')).toEqual([
        'reserved',
        'charged',
        'shipped stock of order-1',
      ])
      const monitor = await monitorChoreography(store, shop.placeOrder)
      const seen = await monitor.find('order-1')
      expect(seen).toMatchObject({ status: 'done', waitsFor: [] })
      expect(seen?.timeline.map(({ type }) => type)).toEqual([
        'started',
        'reserve.done',
        'charge.done',
        'ship.done',
      ])
      expect(await monitor.find('order-2')).toBeUndefined()
      await monitor.close()
    },
  ],
  [
    'one that says no has written nothing, and those before it undo what they did',
    async (store) => {
      const shop = new ChoreographedShop('goes-back')
      await shop.begin(store, 'order-1', { card: 'declined' })
      await drain(...(await shop.members(store)))
      expect(await shop.effects(store, 'order-1')).toEqual(['reserved', 'released stock of order-1'])
      const monitor = await monitorChoreography(store, shop.placeOrder)
      const [seen] = await monitor.list({ status: 'compensated' })
      const timeline = seen?.timeline.map(({ type }) => type) ?? []
      expect(timeline.slice(0, 3)).toEqual(['started', 'reserve.done', 'turned-back'])
      expect(timeline.slice(3).sort()).toEqual(['charge.undone', 'reserve.undone'])
      expect(seen?.timeline[2]).toMatchObject({ step: 'charge', code: 'card-declined' })
      await monitor.close()
    },
  ],
  [
    'a step that is to be undone before its turn has come is never done',
    async (store) => {
      const shop = new ChoreographedShop('overtaken')
      const because = { step: 'charge', code: 'card-declined' }
      await store.transaction((transaction) =>
        publish(transaction, shop.placeOrder.compensations, {
          type: 'turned-back',
          key: 'order-1',
          data: { input: { card: 'good' }, results: {}, because },
        }),
      )
      const members = await shop.members(store)
      await drain(...members)
      await shop.begin(store, 'order-1', { card: 'good' })
      await drain(...members)
      expect(await shop.effects(store, 'order-1')).toEqual([])
    },
  ],
  [
    'one in which a service does not do its step is found, with the step that it waits for',
    async (store) => {
      const shop = new ChoreographedShop('stands-still')
      await shop.begin(store, 'order-1', { card: 'good' })
      const reserve = await joinChoreography(store, shop.placeOrder, {
        step: 'reserve',
        run: async () => {},
        compensate: async () => {},
        pollMs: 5,
      })
      const monitor = await monitorChoreography(store, shop.placeOrder, { pollMs: 5 })
      await expect
        .poll(() => monitor.stuck({ afterMs: 0 }), { timeout: 20_000 })
        .toMatchObject([{ id: 'order-1', status: 'running', waitsFor: ['charge'] }])
      expect(await monitor.stuck()).toEqual([])
      await reserve.close()
      await monitor.close()
    },
  ],
  [
    'wherever its processes die, every step has its effect once, and all is done or all undone',
    async (store) => {
      const seed = Number(process.env['WATERTIGHT_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
      console.log(`deaths by WATERTIGHT_SEED=${seed}`)
      const random = seededRandom(seed)
      expect.hasAssertions()
      const turned = random() < 0.5
      for (const card of ['good', 'declined'] as const)
        await dieAndGoOn(store, card, {
          at: 1 + Math.floor(random() * 200),
          when: (card === 'good') === turned ? 'before' : 'after',
        })
    },
  ],
  [
    'what is over is deleted when it is old, a bounded number at a time; what stands still is kept',
    async (store) => {
      await cleanUpChoreographies(store, { endedMs: 0, stepsMs: 0 })
      const shops = ['cleaned-1', 'cleaned-2'].map((name) => new ChoreographedShop(name))
      for (const shop of shops) {
        for (let order = 1; order <= 3; order += 1)
          await shop.begin(store, `order-${order}`, { card: 'good' })
        await shop.begin(store, 'order-4', { card: 'declined' })
        await drain(...(await shop.members(store)))
        await store.query(
          `update watertight.choreography set status = 'running' where name = $1 and id = 'order-1'`,
          [shop.placeOrder.name],
        )
      }
      expect(await cleanUpChoreographies(store)).toEqual({ ended: 0, steps: 0 })
      const week = `now() - interval '8 days'`
      await store.query(`update watertight.choreography set moved_at = ${week} where id <> 'order-2'`)
      await store.query(`update watertight.choreography_step set updated_at = ${week} where id <> 'order-2'`)
      expect(await cleanUpChoreographies(store, { rowsMax: 3 })).toEqual({ ended: 3, steps: 0 })
      expect(await cleanUpChoreographies(store, { rowsMax: 3 })).toEqual({ ended: 1, steps: 0 })
      for (const { placeOrder } of shops) {
        const monitor = await monitorChoreography(store, placeOrder)
        expect((await monitor.list({})).map(({ id }) => id).toSorted()).toEqual(['order-1', 'order-2'])
        expect((await monitor.stuck()).map(({ id }) => id)).toEqual(['order-1'])
        await monitor.close()
      }
      const day = 24 * 3_600_000
      expect(await cleanUpChoreographies(store, { stepsMs: 7 * day, rowsMax: 10 })).toEqual({
        ended: 0,
        steps: 10,
      })
      const { rows } = await store.query<{ id: string }>(
        'select distinct id from watertight.choreography_step',
      )
      await cleanUpChoreographies(store, { stepsMs: 7 * day })
      const { rows: left } = await store.query<{ id: string }>(
        'select distinct id from watertight.choreography_step',
      )
      expect(rows.length).toBeGreaterThan(1)
      expect(left).toEqual([{ id: 'order-2' }])
    },
  ],
]

/** What happens to orders that services place by events alone, on every store. */
export function choreographyContract(store: () => Store): void {
  test.each(stories)(
    '%s',
    async (_, story) => {
      expect.hasAssertions()
      await story(store())
    },
    60_000,
  )
}
