import type { EventDocument } from '../document/data-document.js'
import type { ManifestDocument } from '../document/manifest-document.js'
import type { ConsumptionDocument } from '../document/service-document.js'
import { consumptionWords, eventWords } from '../words/event-words.js'
import type { ConsumerModel, EventModel } from './data-model.js'
import { resolveWords } from './resolve-words.js'
import type { ServiceModel } from './system-model.js'

type Writable = { -readonly [Key in keyof EventModel]: EventModel[Key] } & {
  publishers: string[]
  consumers: ConsumerModel[]
}

/** Every event that the document names, with who publishes and who consumes it, in the order of their first mention. */
export function buildEvents(
  { events = {} }: ManifestDocument,
  services: Iterable<ServiceModel>,
): ReadonlyMap<string, EventModel> {
  const built = new Map<string, Writable>()
  const of = (name: string, document?: EventDocument): Writable => {
    let event = built.get(name)
    if (event === undefined) built.set(name, (event = buildEvent(name, document)))
    return event
  }
  for (const [name, document] of Object.entries(events)) of(name, document)
  for (const { name, path, publishes, consumes } of services) {
    for (const event of publishes) of(event).publishers.push(name)
    for (const [event, consumption] of consumes) {
      of(event).consumers.push(buildConsumer(name, [...path, 'consumes', event], consumption))
    }
  }
  return built
}

function buildEvent(name: string, document: EventDocument | undefined): Writable {
  const path = ['events', name]
  const { values } = resolveWords<Pick<EventModel, 'version'>>(eventWords, document ?? {}, path)
  return {
    name,
    path: document === undefined ? undefined : path,
    topic: document?.topic ?? name,
    key: document?.key,
    schema: document?.schema,
    ...values,
    publishers: [],
    consumers: [],
  }
}

type Resolved = Pick<ConsumerModel, 'retry' | 'timeoutMs' | 'batch' | 'leaseMs'>

function buildConsumer(
  service: string,
  path: ConsumerModel['path'],
  consumption: ConsumptionDocument,
): ConsumerModel {
  const { values, origins } = resolveWords<Resolved>(consumptionWords, consumption, path)
  const { idempotent, deadLetter } = consumption
  return { service, path, idempotent, deadLetter, ...values, origins }
}
