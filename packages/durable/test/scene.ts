import { constant } from '@watertight/policy'
import type { KafkaBroker } from '../src/brokers/kafka/kafka-broker.js'
import { relaySubscription } from '../src/brokers/relay/relay-events.js'
import { RelayRounds } from '../src/brokers/relay/relay-rounds.js'
import { consumerLag } from '../src/events/queries/consumer-lag.js'
import { ConsumerRounds } from '../src/events/consumer-rounds.js'
import { subscription, type ConsumeOptions } from '../src/events/consume.js'
import { publish } from '../src/outbox/publish.js'
import { defineTopic, type NewEvent, type Topic } from '../src/outbox/topic.js'
import type { Subscription } from '../src/events/subscription.js'
import type { Store, Transaction } from '../src/store/store.js'

const numbered = { numbered: { schema: { parse: (input: unknown) => input as { n: number } } } }
export type Numbered = typeof numbered

/** What tests of events run on. */
export interface Stage {
  readonly store: Store
  /** Where events are relayed to and read from; without one they are read from the outbox. */
  readonly kafka?: KafkaBroker
}

export interface MemberOptions extends Partial<ConsumeOptions<Numbered>> {
  /** How often the handler of an event fails, by its number. */
  readonly failures?: Record<number, number>
  /** Milliseconds by its clock. Default: it is later each time. */
  readonly now?: () => number
  /** Whether it is one of a read model, whose statements go together. */
  readonly areIndependent?: boolean
  readonly mayBegin?: Subscription['mayBegin']
}

/** A topic of its own for each test, and members of groups that are driven by hand: no test waits for time. */
export class Scene {
  readonly topic: Topic<Numbered>
  readonly store: Store
  readonly kafka: KafkaBroker | undefined
  now = 0
  #relay: RelayRounds | undefined

  constructor({ store, kafka }: Stage, name: string) {
    this.store = store
    this.kafka = kafka
    this.topic = defineTopic(name, { source: '/test', types: numbered })
  }

  async publish(...keysAndNumbers: readonly (readonly [string | null, number])[]): Promise<void> {
    const events = keysAndNumbers.map(([key, n]): NewEvent<Numbered> => ({
      type: 'numbered',
      key,
      data: { n },
    }))
    await this.store.transaction((transaction) => publish(transaction, this.topic, events))
    await this.relay()
  }

  /** Brings what was published to where it is read. */
  async relay(): Promise<void> {
    if (this.kafka === undefined) return
    this.#relay ??= await this.#openRelay(this.kafka)
    // An event is read once no older transaction runs: until then a round finds nothing.
    while ((await this.#relay.round()) > 0 || (await this.#isBehind()));
  }

  async #isBehind(): Promise<boolean> {
    const lags = await consumerLag(this.store)
    return lags.some(
      ({ group, topic, events }) => group === 'kafka-relay' && topic === this.topic.name && (events ?? 0) > 0,
    )
  }

  async #openRelay(to: KafkaBroker): Promise<RelayRounds> {
    const topics = [this.topic]
    const made = relaySubscription(this.store, this.topic.name, { topics, to, attemptsMax: 1 })
    const rounds = new RelayRounds({ ...made, now: () => (this.now += 10_000) }, to)
    await rounds.join('first')
    return rounds
  }

  /** Handled events are written down as `key:number`; some fail, by their number, as often as is said. */
  async member(options: MemberOptions = {}): Promise<ConsumerRounds> {
    if (this.kafka === undefined) return await this.ownMember(options)
    await this.kafka.prepare(this.topic.name)
    return await this.ownMember({ broker: this.kafka, ...options })
  }

  /** One that reads where it is told to: without a broker, from the outbox. */
  async ownMember(options: MemberOptions): Promise<ConsumerRounds> {
    const {
      failures = {},
      areIndependent = false,
      mayBegin,
      now = () => (this.now += 10_000),
      ...rest
    } = options
    const left = new Map(Object.entries(failures))
    const made = subscription(this.store, {
      group: 'group',
      topic: this.topic,
      backoff: constant({ ms: 0 }),
      handle: async ({ key, data }, transaction) => {
        const times = left.get(String(data.n)) ?? 0
        left.set(String(data.n), times - 1)
        if (times > 0) throw new Error(`no ${data.n}`)
        await this.effect(transaction, `${key}:${data.n}`)
      },
      ...rest,
    })
    const rounds = new ConsumerRounds({ ...made, areIndependent, mayBegin, now })
    await rounds.join(options.startAt ?? 'first')
    return rounds
  }

  /** What a handler does: its writes are what counts, since a handler may well be called again after a rollback. */
  async effect(transaction: Transaction, name: string): Promise<void> {
    await transaction.query('insert into effects.entry (topic, name) values ($1, $2)', [
      this.topic.name,
      name,
    ])
  }

  /** All members stand still for longer than their leases: the database has given up on them. */
  async loseMembers(): Promise<void> {
    await this.store.query(`update watertight.consumer_lease set expires_at = '-infinity' where topic = $1`, [
      this.topic.name,
    ])
    await this.store.query('delete from watertight.consumer_member where topic = $1', [this.topic.name])
  }

  /** In how many hours what has failed is due, about. */
  async hoursUntilDue(): Promise<number[]> {
    const { rows } = await this.store.query<{ hours: number }>(
      `select round(extract(epoch from due_at - now()) / 3600)::integer as hours
      from watertight.parked_event where topic = $1 order by id`,
      [this.topic.name],
    )
    return rows.map(({ hours }) => hours)
  }

  /** What has failed is due so much sooner. */
  async passHours(hours: number): Promise<void> {
    await this.store.query(
      `update watertight.parked_event set due_at = due_at - $2::integer * interval '1 hour' where topic = $1`,
      [this.topic.name, hours],
    )
  }

  /** From now on the database takes no events under a key, in any topic. */
  async refuseKey(key: string): Promise<void> {
    await this.store.query(`
      create or replace function effects.refuse() returns trigger language plpgsql as $$
      begin
        if new.key = tg_argv[0] then raise 'no event of that key'; end if;
        return new;
      end $$`)
    await this.store.query(
      `create trigger "refuse ${key}" before insert on watertight.outbox for each row execute function effects.refuse('${key}')`,
    )
  }

  /** From now on a transaction that writes an effect of that name is refused when it commits. */
  async refuseCommit(name: string): Promise<void> {
    await this.store.query(`
      create or replace function effects.refuse_commit() returns trigger language plpgsql as $$
      begin
        if new.name = tg_argv[0] then raise 'no effect of that name'; end if;
        return null;
      end $$`)
    await this.store.query(
      `create constraint trigger "refuse ${name}" after insert on effects.entry deferrable initially deferred
      for each row execute function effects.refuse_commit('${name}')`,
    )
  }

  async effects(): Promise<string[]> {
    const { rows } = await this.store.query<{ name: string }>(
      'select name from effects.entry where topic = $1 order by number',
      [this.topic.name],
    )
    return rows.map(({ name }) => name)
  }
}

/** Round after round until there is nothing to do. */
export async function drain(...members: readonly Pick<ConsumerRounds, 'round'>[]): Promise<void> {
  for (let idle = 0; idle < 2;) {
    let count = 0
    for (const member of members) count += await member.round()
    idle = count === 0 ? idle + 1 : 0
  }
}
