import { constant } from '@watertight/policy'
import type { Tracing } from '@watertight/telemetry'
import { defineChoreography, type Choreography } from '../../src/choreography/choreography.js'
import { beginChoreography, participation } from '../../src/choreography/join-choreography.js'
import { watching } from '../../src/choreography/monitor-choreography.js'
import { subscription } from '../../src/events/consume.js'
import { ConsumerRounds } from '../../src/events/consumer-rounds.js'
import { StepRefusal } from '../../src/saga/index.js'
import { migrate } from '../../src/migrations/migrate.js'
import type { Store, Transaction } from '../../src/store/store.js'
import { emptyStore } from '../empty-store.js'

export interface Placed {
  readonly card: 'good' | 'declined'
}

/** A store of its own for them, with what they write their effects to. */
export async function choreographyStore(open: () => Promise<Store> = emptyStore): Promise<Store> {
  const store = await open()
  await migrate(store)
  for (const statement of effectsTable) await store.query(statement)
  return store
}

/** Three services that each do a step of an order, and a monitor: driven by hand, so that no test waits for time. */
export class ChoreographedShop {
  readonly placeOrder: Choreography<Placed>
  readonly #name: string
  readonly #tracing: Tracing | undefined
  #now = 0

  constructor(name: string, tracing?: Tracing) {
    this.#name = name
    this.#tracing = tracing
    this.placeOrder = defineChoreography<Placed>(name, {
      compensations: `${name}-compensations`,
      steps: { reserve: {}, charge: { after: 'reserve' }, ship: { after: 'charge', compensates: false } },
    })
  }

  async begin(store: Store, id: string, input: Placed): Promise<void> {
    const tracing = this.#tracing
    await store.transaction(
      async (transaction) =>
        void (await beginChoreography(transaction, this.placeOrder, { id, input }, { tracing })),
    )
  }

  /** All of its processes, at work on one database. */
  async members(store: Store): Promise<ConsumerRounds[]> {
    const tracing = this.#tracing
    const consumptions = [
      ...participation(this.placeOrder, {
        step: 'reserve',
        tracing,
        run: async ({ id }, transaction) => {
          await this.#effect(transaction, id, 'reserved')
          return `stock of ${id}`
        },
        compensate: ({ id, result }, transaction) =>
          this.#effect(transaction, id, `released ${String(result)}`),
      }),
      ...participation(this.placeOrder, {
        step: 'charge',
        tracing,
        run: async ({ id, input }, transaction) => {
          await this.#effect(transaction, id, 'charged')
          if (input.card === 'declined') throw new StepRefusal('card-declined')
        },
        compensate: ({ id }, transaction) => this.#effect(transaction, id, 'refunded'),
      }),
      ...participation(this.placeOrder, {
        step: 'ship',
        tracing,
        run: ({ id, results }, transaction) =>
          this.#effect(transaction, id, `shipped ${String(results['reserve'])}`),
      }),
      ...watching(this.placeOrder, {}),
    ]
    const members: ConsumerRounds[] = []
    for (const consumption of consumptions) {
      const subscribed = subscription(store, { ...consumption, backoff: constant({ ms: 0 }) })
      const rounds = new ConsumerRounds({ ...subscribed, now: () => (this.#now += 10_000) })
      await rounds.join('first')
      members.push(rounds)
    }
    return members
  }

  /** All members stand still for longer than their leases: the database has given up on them. */
  async loseMembers(store: Store): Promise<void> {
    await store.query(`update watertight.consumer_lease set expires_at = '-infinity' where topic like $1`, [
      `${this.#name}%`,
    ])
    await store.query('delete from watertight.consumer_member where topic like $1', [`${this.#name}%`])
  }

  async effects(store: Store, id: string): Promise<string[]> {
    const { rows } = await store.query<{ name: string }>(
      'select name from effects.step where shop = $1 and id = $2 order by number',
      [this.#name, id],
    )
    return rows.map(({ name }) => name)
  }

  async #effect(transaction: Transaction, id: string, name: string): Promise<void> {
    await transaction.query('insert into effects.step (shop, id, name) values ($1, $2, $3)', [
      this.#name,
      id,
      name,
    ])
  }
}

const effectsTable = [
  'create schema effects',
  'create table effects.step (number bigint generated always as identity, shop text, id text, name text)',
]
