import type { SystemModel } from '@watertight/manifest'
import type { Topic } from '../outbox/topic.js'
import { declaredEvents } from './declared-events.js'
import { DocumentError } from './document-error.js'

export interface RelayedOptions {
  readonly service: string
  readonly topics: readonly Topic[]
  readonly action: string
}

/**
 * The topics that the service brings to the broker: its own, and those of the services that have it relay theirs. What it
 * publishes is held against the code, whoever relays it.
 *
 * @throws {DocumentError} when what it publishes is relayed by nobody, or lies in another store than its own
 */
export function relayedTopics(model: SystemModel, { service, topics, action }: RelayedOptions): string[] {
  const own = model.services.get(service)
  const refuse = (message: string): DocumentError =>
    new DocumentError('WT_DOCUMENT_MISMATCH', `cannot ${action}: ${message}`)
  const published = declaredEvents(model, own?.publishes ?? [], { topics, action })
  if (model.broker.kind === 'postgres') return []
  const relayed = new Set<string>()
  const relay = own?.document.outbox?.relay ?? 'none'
  if (published.length > 0 && relay === 'none')
    throw refuse(`services.${service}.outbox.relay must be self or the name of a service, got none`)
  if (relay === 'self') for (const { topic } of published) relayed.add(topic.name)
  for (const { name, document, publishes } of model.services.values()) {
    if (document.outbox?.relay !== service) continue
    if (document.store !== own?.document.store)
      throw refuse(
        `services.${name}.store must be ${own?.document.store ?? 'none'}, for ${service} relays its outbox, got ${document.store ?? 'none'}`,
      )
    for (const event of publishes) relayed.add(model.events.get(event)?.topic ?? event)
  }
  return [...relayed]
}
