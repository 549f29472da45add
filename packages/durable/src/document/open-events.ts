import type { SystemModel } from '@watertight/manifest'
import {
  callback,
  checkOptions,
  having,
  milliseconds,
  record,
  required,
  text,
} from '@watertight/policy/options'
import type { Tracing } from '@watertight/telemetry'
import { openKafka, type KafkaBroker } from '../brokers/kafka/kafka-broker.js'
import { relayEvents } from '../brokers/relay/relay-events.js'
import { closeAll, closeInTurn } from '../closing/close-all.js'
import { consume } from '../events/consume.js'
import type { ReceivedEvent } from '../events/received-event.js'
import type { Topic } from '../outbox/topic.js'
import type { Store, StoreTransaction } from '../store/store.js'
import { tracingRule } from '../tracing/in-span.js'
import { consumersOf } from './consumers-of.js'
import { DocumentError } from './document-error.js'
import { relayedTopics } from './relayed-topics.js'
import { serviceOf } from './service-of.js'
import { urlOf, type Environment } from './url-of.js'

type EventOf<T extends Topic> = T extends Topic<infer Types> ? ReceivedEvent<Types> : never

/** What is done with each event that a service consumes, by its name. */
export type EventHandlers<T extends Topic> = {
  readonly [Name in EventOf<T>['type']]?: (
    event: Extract<EventOf<T>, { readonly type: Name }>,
    transaction: StoreTransaction,
  ) => Promise<void>
}

export interface OpenEventsOptions<T extends Topic> {
  /** Which service of the document this process is. */
  readonly service: string
  /** Its store: what `openServiceStore` opens, brought up to date by `migrate`. */
  readonly store: Store
  /** The topics whose events it publishes or consumes. */
  readonly topics: readonly T[]
  /** For each event that the document has it consume, what is done with it. As of `consume`, its writes happen once. */
  readonly handlers?: EventHandlers<NoInfer<T>>
  /** For how long events gather after a batch, as of `consume`. Default 0. */
  readonly lingerMs?: number
  /** Makes spans of the events that are handled, as of `consume`. Default: none. */
  readonly tracing?: Tracing | undefined
  /** Where the variables are that the document names. Default `process.env`. */
  readonly environment?: Environment
  /** Hears of every failure of a handler, the database and the broker; none ends the service. Default: nothing. */
  readonly onError?: (error: unknown) => void
}

/** What a process does for the events of its service. */
export interface OpenedEvents {
  /** Where events are read from when it is not the outbox. */
  readonly broker: KafkaBroker | undefined
  /**
   * Ends what is under way, up to `deadlineMs` (default 30 s), and lets others take over at once. All of it is closed also where
   * a handler does not end in time; that is thrown then.
   *
   * @throws {StoreError} with code `WT_STORE_DEADLINE` when something did not end in time
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/**
 * Opens what the document says of a service's events: the broker that carries them, the relay if the service is the one that
 * relays, and a consumer, with its tries, limits and lease, for every topic that it takes events of. Its group has the name
 * of the service. A service has nothing else to configure, and nothing is left out in silence: an event without a handler, a
 * handler without an event, a type in another version are refused.
 *
 * @throws {DocumentError} when document and code do not fit, or a variable is not set
 * @throws {BrokerError} when the client of Kafka is not installed
 * @example
 * import { readManifest } from '@watertight/manifest'
 *
 * const { system } = readManifest(
 *   `watertight: v1
 * system: shop
 * broker: postgres
 * stores: { main: embedded }
 * events: { order-placed: { topic: orders } }
 * services:
 *   order: { store: main, outbox: {}, publishes: [order-placed] }
 *   shipping: { store: main, consumes: { order-placed: { idempotent: inbox } } }`,
 *   'watertight.yaml',
 * )
 * if (system === undefined) throw new Error('the document cannot be read')
 * const orders = defineTopic('orders', {
 *   source: '/orders',
 *   types: { 'order-placed': { schema: { parse: (input) => input as { total: number } } } },
 * })
 * const store = openServiceStore(system.model, { service: 'shipping' })
 * await migrate(store)
 * const events = await openEvents(system.model, {
 *   service: 'shipping',
 *   store,
 *   topics: [orders],
 *   handlers: { 'order-placed': async ({ data }) => console.log(data.total) },
 * })
 * await events.close()
 * await store.close()
 */
export async function openEvents<const T extends Topic>(
  model: SystemModel,
  options: OpenEventsOptions<T>,
): Promise<OpenedEvents> {
  checkOptions('events', options, {
    service: required(text),
    store: required(having('transaction', 'a store')),
    topics: required({ allowed: 'a list of topics', accepts: (given) => Array.isArray(given) }),
    handlers: record,
    lingerMs: milliseconds(),
    tracing: tracingRule,
    environment: record,
    onError: callback,
  })
  const { service, store, lingerMs = 0, environment = process.env, onError = () => {} } = options
  const action = `open the events of ${service}`
  serviceOf(model, service, action)
  const consumers = consumersOf(model, { ...options, action })
  const relayed = relayedTopics(model, { ...options, action })
  const kafka = await brokerOf(model, { action, environment })
  const opened: Closable[] = []
  const close: OpenedEvents['close'] = async (closeOptions) => {
    // One whose handler hangs keeps none of the others open.
    await closeInTurn([
      () => closeAll(opened.splice(0).map((one) => one.close(closeOptions))),
      async () => await kafka?.close(),
    ])
  }
  try {
    if (kafka !== undefined && relayed.length > 0)
      opened.push(await relayEvents(store, { topics: relayed, to: kafka, onError }))
    for (const consumer of consumers) {
      const from = kafka === undefined ? {} : { broker: kafka }
      opened.push(await consume(store, { ...consumer, ...from, group: service, lingerMs, onError }))
    }
  } catch (error) {
    await close().catch(onError)
    throw error
  }
  return { broker: kafka, close }
}

interface Closable {
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/** Undefined where events are read from the outbox. */
async function brokerOf(
  { broker }: SystemModel,
  { action, environment }: { action: string; environment: Environment },
): Promise<KafkaBroker | undefined> {
  if (broker.kind === 'postgres') return undefined
  const url = urlOf(broker, { action, place: 'broker', environment })
  if (url !== undefined) return await openKafka({ url })
  throw new DocumentError(
    'WT_DOCUMENT_MISMATCH',
    `cannot ${action}: broker must be a URL or { env } with the variable that has it, got kafka`,
  )
}
