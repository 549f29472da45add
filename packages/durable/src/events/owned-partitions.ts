import { isBefore, type PartitionPosition, type Position } from '../outbox/position.js'
import type { StoreTransaction } from '../store/store.js'
import { assignPartitions } from './decisions/assign-partitions.js'
import { isKafkaPosition } from '../brokers/kafka/kafka-position.js'
import { claimPartitions } from './queries/claim-partitions.js'
import { EndedGroupError, FencedError } from './errors.js'
import { groupPositions } from './queries/group-positions.js'
import { heartbeat, type HeartbeatView } from './queries/heartbeat.js'
import { joinGroup } from './queries/join-group.js'
import { lockPositions } from './queries/lock-positions.js'
import { leaveGroup, releasePartitions } from './queries/release-partitions.js'
import type { EventRecord } from './received-event.js'
import type { Subscription } from './subscription.js'

interface OwnedPartition {
  readonly epoch: number
  position: Position
  /** Where an owner before was lost, without a word. */
  readonly lostAt: Position | undefined
  /** How many of the next events are handled one by one, since an owner was lost at one of them. */
  careful: number
}

/** The partitions that a member holds, and how far it has come in each. */
export class OwnedPartitions {
  readonly #subscription: Subscription
  readonly #owned = new Map<number, OwnedPartition>()
  #first = 0

  constructor(subscription: Subscription) {
    this.#subscription = subscription
  }

  get partitions(): number[] {
    return [...this.#owned.keys()]
  }

  async join(startAt: 'first' | 'next'): Promise<void> {
    const { store, log, group, topic } = this.#subscription
    const known = await groupPositions(store, group, topic.name)
    if (known.length === 0) return await this.#begin(startAt)
    if (log.kind === 'kafka' || !known.some(isKafkaPosition)) return
    throw new Error(
      `cannot consume ${topic.name}: broker must be Kafka, which group ${group} has moved to; take another group to read the outbox`,
    )
  }

  async #begin(startAt: 'first' | 'next'): Promise<void> {
    const { store, log, group, topic, mayBegin } = this.#subscription
    const start = await log.start(startAt)
    if (mayBegin === undefined) return await joinGroup(store, group, topic.name, start)
    await store.transaction(async (transaction) => {
      if (!(await mayBegin(transaction)))
        throw new EndedGroupError(`cannot begin group ${group}: it must not have been ended`)
      await joinGroup(transaction, group, topic.name, start)
    })
  }

  /** Renews what is held and nothing else: may be done at any time. */
  async renew(): Promise<HeartbeatView> {
    const { store, group, topic, member, leaseMs } = this.#subscription
    return await heartbeat(store, group, topic.name, { member, leaseMs })
  }

  /** Renews what is held, lets go of what is too much and takes what is free. Not while a batch is under way. */
  async rebalance(): Promise<void> {
    const { member, log } = this.#subscription
    let view = await this.renew()
    if (view.leases.length < (await log.partitionCount())) {
      // The topic has grown since the group began: whatever lies in what is new is new to the group.
      await this.#begin('first')
      view = await this.renew()
    }
    for (const { partition, owner, epoch } of view.leases) {
      if (owner !== member || this.#owned.get(partition)?.epoch !== epoch) this.#owned.delete(partition)
    }
    // Ours, but we do not know where it stands: let go and taken again, its position is read anew.
    const leases = view.leases.map((lease) =>
      lease.owner === member && !this.#owned.has(lease.partition) ? { ...lease, owner: null } : lease,
    )
    const unknown = leases.filter(({ owner }, index) => owner !== view.leases[index]?.owner)
    const { claim, release } = assignPartitions({ me: member, members: view.members, leases })
    await this.#release([...release, ...unknown.map(({ partition }) => partition)])
    await this.#claim(claim)
  }

  async #release(partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return
    const { store, group, topic, member } = this.#subscription
    await releasePartitions(store, group, topic.name, { member, partitions })
    for (const partition of partitions) this.#owned.delete(partition)
  }

  async #claim(partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return
    const { store, group, topic, member, leaseMs, batchMax } = this.#subscription
    for (const claimed of await claimPartitions(store, group, topic.name, { member, leaseMs, partitions })) {
      const { partition, epoch, wasLost, ...position } = claimed
      const lostAt = wasLost ? position : undefined
      this.#owned.set(partition, { epoch, position, lostAt, careful: wasLost ? batchMax : 0 })
    }
  }

  async leave(): Promise<void> {
    const { store, group, topic, member } = this.#subscription
    const partitions = this.partitions
    this.#owned.clear()
    await releasePartitions(store, group, topic.name, { member, partitions })
    await leaveGroup(store, group, topic.name, member)
  }

  /** Positions to read from, another partition first each time, so that a full one does not starve the others. */
  readingOrder(): PartitionPosition[] {
    const all = [...this.#owned].map(([partition, { position }]) => ({ partition, ...position }))
    this.#first = all.length === 0 ? 0 : (this.#first + 1) % all.length
    return [...all.slice(this.#first), ...all.slice(0, this.#first)]
  }

  /** What {@link readingOrder} will be once these events are handled, if the same partitions are held then. */
  readingOrderAfter(
    order: readonly PartitionPosition[],
    events: readonly EventRecord[],
  ): PartitionPosition[] {
    const ends = new Map(this.endsOf(events).map((end) => [end.partition, end]))
    const after = order.map((position) => ends.get(position.partition) ?? position)
    return [...after.slice(1), ...after.slice(0, 1)]
  }

  positionOf(partition: number): Position | undefined {
    return this.#owned.get(partition)?.position
  }

  isCareful(partition: number): boolean {
    return (this.#owned.get(partition)?.careful ?? 0) > 0
  }

  /** Whether an event that was put aside may be what an owner was lost at, or what fails again and again. */
  isSuspect(event: PartitionPosition): boolean {
    const lostAt = this.#owned.get(event.partition)?.lostAt
    return this.isCareful(event.partition) || (lostAt !== undefined && !isBefore(lostAt, event))
  }

  /** Whatever comes next is handled one by one: something in it fails again and again, and nobody says which. */
  beCareful(): void {
    for (const owned of this.#owned.values()) owned.careful = this.#subscription.batchMax
  }

  /** The last event of each partition. */
  endsOf(events: readonly EventRecord[]): PartitionPosition[] {
    const ends = new Map(
      events.map(({ partition, transaction, id }) => [partition, { partition, transaction, id }]),
    )
    return [...ends.values()]
  }

  /**
   * Locks the positions of partitions until the transaction ends.
   *
   * @throws {FencedError} when one of them is another's by now, or stands elsewhere
   */
  async fence(
    transaction: StoreTransaction,
    partitions: readonly { readonly partition: number }[],
  ): Promise<void> {
    const { group, topic, member } = this.#subscription
    const lock = { member, partitions: partitions.map(({ partition }) => partition) }
    const lockedPositions = await lockPositions(transaction, group, topic.name, lock)
    for (const { partition } of partitions) {
      const locked = lockedPositions.find((one) => one.partition === partition)
      const known = this.positionOf(partition)
      if (locked?.isOwn && known?.transaction === locked.transaction && known.id === locked.id) continue
      throw this.fenced(partition)
    }
  }

  fenced(partition: number): FencedError {
    const { group, topic, member } = this.#subscription
    this.forget(partition)
    return new FencedError(
      `cannot handle events: partition ${partition} of ${topic.name} in group ${group} must be held by ${member}`,
    )
  }

  /** What was committed: the positions stand behind these events. */
  moved(ends: readonly PartitionPosition[], events: readonly EventRecord[]): void {
    for (const { partition, transaction, id } of ends) {
      const owned = this.#owned.get(partition)
      if (owned === undefined) continue
      const count = events.filter((event) => event.partition === partition).length
      owned.position = { transaction, id }
      owned.careful = Math.max(0, owned.careful - count)
    }
  }

  /** It belongs to another, or stands elsewhere: what is known of it is wrong. */
  forget(partition: number): void {
    this.#owned.delete(partition)
  }
}
