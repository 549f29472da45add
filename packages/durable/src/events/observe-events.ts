import { callback, checkOptions, having, milliseconds } from '@watertight/policy/options'
import type { MetricRegistry } from '@watertight/telemetry'
import type { Broker } from '../brokers/broker.js'
import { outboxStatus } from '../outbox/queries/outbox-status.js'
import type { Store } from '../store/store.js'
import { consumerLag } from './queries/consumer-lag.js'

export interface ObserveOptions {
  /** How often the database is asked. Default 10 s. */
  readonly everyMs?: number
  readonly onError?: (error: unknown) => void
  /** Asked about groups that read from Kafka; without it, their lag is not shown. */
  readonly broker?: Broker
}

/**
 * Shows outbox and groups as metrics, asked for now and then. Resolves, after the first time, to how to stop.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 */
export async function observeEvents(
  store: Store,
  registry: MetricRegistry,
  options: ObserveOptions = {},
): Promise<() => void> {
  checkOptions('metrics of events', options, {
    everyMs: milliseconds(1),
    onError: callback,
    broker: having('log', 'a broker'),
  })
  const { everyMs = 10_000, onError = () => {}, broker } = options
  const events = registry.gauge({ name: 'watertight_outbox_events', help: 'Events kept, about.' })
  const bytes = registry.gauge({ name: 'watertight_outbox_bytes', help: 'Bytes of the outbox.' })
  const age = registry.gauge({
    name: 'watertight_outbox_age_seconds',
    help: 'Age of the oldest event that is kept.',
  })
  const heldBack = registry.gauge({
    name: 'watertight_outbox_held_back_seconds',
    help: 'How long the oldest writing transaction runs: nothing published since is read before it ends.',
  })
  const labels = ['group', 'topic'] as const
  const lag = registry.gauge({
    name: 'watertight_consumer_lag_events',
    help: 'Events not handled yet.',
    labels,
  })
  const lagAge = registry.gauge({
    name: 'watertight_consumer_lag_seconds',
    help: 'How long the oldest event that is not handled yet has waited.',
    labels,
  })
  const parked = registry.gauge({
    name: 'watertight_consumer_parked_events',
    help: 'Events set aside.',
    labels,
  })
  const dead = registry.gauge({ name: 'watertight_consumer_dead_letters', help: 'Events given up.', labels })
  const look = async (): Promise<void> => {
    const status = await outboxStatus(store)
    events.with().set(status.events)
    bytes.with().set(status.bytes)
    age.with().set(status.ageMs / 1_000)
    heldBack.with().set(status.heldBackMs / 1_000)
    for (const { group, topic, ...of } of await consumerLag(store, broker)) {
      if (of.events !== null) lag.with({ group, topic }).set(of.events)
      lagAge.with({ group, topic }).set(of.ageMs / 1_000)
      parked.with({ group, topic }).set(of.parked)
      dead.with({ group, topic }).set(of.deadLetters)
    }
  }
  await look()
  const timer = setInterval(() => void look().catch(onError), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
