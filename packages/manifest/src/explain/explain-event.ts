import { shownUrl } from '@watertight/policy/options'
import type { BrokerModel, ConsumerModel } from '../model/data-model.js'
import { formatOrigin } from '../model/origin.js'
import type { SystemModel } from '../model/system-model.js'
import { suggest } from '../reading/suggest.js'
import type { ManifestSource } from '../source/manifest-source.js'
import { consumptionWords } from '../words/event-words.js'
import { UnknownCallError } from './explain-call.js'
import { type ExplainedValue, explainWords } from './word-value.js'

export interface ExplainedPublisher {
  readonly service: string
  readonly store: string | null
  /** Who sends what stands in its outbox: the service itself, another one, or nobody; null without an outbox. */
  readonly relay: string | null
}

export interface ExplainedConsumer {
  readonly service: string
  readonly store: string | null
  /** Why a second delivery does no harm, in words. */
  readonly secondDelivery: string
  readonly deadLetter: string | null
  readonly values: readonly ExplainedValue[]
}

/** An event, who publishes and who consumes it, and where each value comes from. */
export interface EventExplanation {
  readonly file: string
  readonly event: string
  /** Where it is declared, or `not declared`. */
  readonly declared: string
  /** What carries it: `postgres`, `kafka at kafka://host:9092`, `kafka at $KAFKA_URL`; null where the document does not say. */
  readonly broker: string | null
  readonly topic: string
  readonly key: string | null
  readonly schema: string | null
  readonly version: number
  readonly publishers: readonly ExplainedPublisher[]
  readonly consumers: readonly ExplainedConsumer[]
}

/**
 * Explains an event by its name.
 *
 * @throws UnknownCallError when nothing in the document names it.
 */
export function explainEvent(
  { model, source }: { readonly model: SystemModel; readonly source: ManifestSource },
  name: string,
): EventExplanation {
  const event = model.events.get(name)
  if (event === undefined) {
    const hint = suggest(name, [...model.events.keys()])
    throw new UnknownCallError(`cannot explain event ${name}: there is no event ${name}; ${hint}`)
  }
  const { path, topic, key, schema, version, publishers, consumers } = event
  const storeOf = (service: string): string | null => model.services.get(service)?.document.store ?? null
  return {
    file: source.document.file,
    event: name,
    declared: path === undefined ? 'not declared' : formatOrigin({ kind: 'document', path }, source),
    broker: brokerText(model.broker),
    topic,
    key: key ?? null,
    schema: schema ?? null,
    version,
    publishers: publishers.map((service) => {
      const outbox = model.services.get(service)?.document.outbox
      const relay = outbox === undefined ? null : (outbox.relay ?? 'none')
      return { service, store: storeOf(service), relay: relay === 'self' ? service : relay }
    }),
    consumers: consumers.map((consumer) => ({
      service: consumer.service,
      store: storeOf(consumer.service),
      secondDelivery: secondDelivery(consumer),
      deadLetter: consumer.deadLetter ?? null,
      values: explainWords(consumptionWords, consumer, consumer.origins, source),
    })),
  }
}

function brokerText({ path, kind, url, env }: BrokerModel): string | null {
  if (path === undefined) return null
  if (kind === 'postgres') return kind
  if (url !== undefined) return `kafka at ${shownUrl(url)}`
  return env === undefined ? 'kafka, at no address' : `kafka at $${env}`
}

function secondDelivery({ idempotent }: ConsumerModel): string {
  switch (idempotent) {
    case 'inbox':
      return 'its inbox knows it'
    case 'by-key':
      return 'its key is known'
    case 'by-nature':
      return 'does no harm by nature'
    case false:
    case undefined:
      return 'does harm, as far as this document says'
  }
}
