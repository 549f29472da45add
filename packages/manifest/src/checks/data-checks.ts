import type { SystemModel } from '../model/system-model.js'
import type { Check } from './check.js'

export const dataChecks: readonly Check[] = [
  {
    code: 'WT-DATA-CONSUMER-NOT-IDEMPOTENT',
    group: 'data',
    severity: 'warning',
    title: 'a consumer that a second delivery harms',
    *find(model) {
      for (const { event, consumer, consumption } of consumptions(model)) {
        if (consumption.idempotent !== undefined && consumption.idempotent !== false) continue
        yield {
          path: consumptionPath(model, consumer, event),
          message: `${consumer} consumes ${event}, which may arrive twice, and nothing says why that does no harm`,
          hint: `write consumes: { ${event}: { idempotent: inbox } }`,
        }
      }
    },
  },
  {
    code: 'WT-DATA-NO-DEAD-LETTER',
    group: 'data',
    severity: 'note',
    title: 'a message that keeps failing has nowhere to go',
    *find(model) {
      // Of what Watertight brings to its consumers the store of each keeps those that fail. Elsewhere the document may tell.
      if (model.broker.path !== undefined) return
      for (const { event, consumer, consumption } of consumptions(model)) {
        if (consumption.deadLetter !== undefined) continue
        yield {
          path: consumptionPath(model, consumer, event),
          message: `a message of ${event} that ${consumer} cannot handle may stop those behind it: nothing says where it goes`,
          hint: `write broker: postgres or kafka, or deadLetter: ${event}-dead where you carry messages yourself`,
        }
      }
    },
  },
  {
    code: 'WT-DATA-OUTBOX-NOT-RELAYED',
    group: 'data',
    severity: 'error',
    title: 'an outbox that nobody relays',
    *find(model) {
      if (!isRelayed(model)) return
      for (const { name, path, document } of model.services.values()) {
        if (document.outbox === undefined || (document.outbox.relay ?? 'none') !== 'none') continue
        yield {
          path: [...path, 'outbox'],
          message: `events of ${name} stay in its outbox: a relay is needed, got none`,
          hint: 'write outbox: { relay: self }, or the name of the service that relays',
        }
      }
    },
  },
  {
    code: 'WT-DATA-PUBLISH-WITHOUT-OUTBOX',
    group: 'data',
    severity: 'warning',
    title: 'events are published outside the transaction',
    *find(model) {
      for (const { name, path, document, publishes } of model.services.values()) {
        if (publishes.length === 0 || document.outbox !== undefined) continue
        yield {
          path: [...path, 'publishes'],
          message: `${name} publishes ${publishes.slice(0, 3).join(', ')} without an outbox: a crash loses the event or sends one that did not happen`,
          hint: isRelayed(model) ? 'write outbox: { relay: self }' : 'write outbox: {}',
        }
      }
    },
  },
  {
    code: 'WT-DATA-EVENT-NOT-PUBLISHED',
    group: 'data',
    severity: 'warning',
    title: 'a consumer of an event that nobody publishes',
    *find(model) {
      const published = new Set([...model.services.values()].flatMap((service) => service.publishes))
      for (const { event, consumer } of consumptions(model)) {
        if (published.has(event)) continue
        yield {
          path: consumptionPath(model, consumer, event),
          message: `${consumer} waits for ${event}, which no service publishes`,
          hint: 'correct the name, or add it to publishes of its source',
        }
      }
      for (const { name, path, publishers, consumers } of model.events.values()) {
        if (path === undefined || publishers.length > 0 || consumers.length > 0) continue
        yield {
          path,
          message: `no service publishes ${name}, and none consumes it`,
          hint: 'remove it, or add it to publishes of its source',
        }
      }
    },
  },
  {
    code: 'WT-DATA-EVENT-NOT-CONSUMED',
    group: 'data',
    severity: 'note',
    title: 'an event that nobody consumes',
    *find(model) {
      const consumed = new Set(consumptions(model).map(({ event }) => event))
      for (const service of model.services.values()) {
        for (const [index, event] of service.publishes.entries()) {
          if (consumed.has(event)) continue
          yield {
            path: [...service.path, 'publishes', index],
            message: `${service.name} publishes ${event}, which no service consumes`,
            hint: 'remove it, or add it to consumes of a service',
          }
        }
      }
    },
  },
]

/** With the broker postgres, whoever takes an event reads the outbox itself. */
function isRelayed({ broker }: SystemModel): boolean {
  return broker.path === undefined || broker.kind !== 'postgres'
}

function consumptions(model: SystemModel) {
  return [...model.services.values()].flatMap((service) =>
    [...service.consumes].map(([event, consumption]) => ({ event, consumer: service.name, consumption })),
  )
}

// Events stand in a list or as keys of a map, and a finding points at the very name in both.
function consumptionPath(model: SystemModel, consumer: string, event: string): (string | number)[] {
  const consumes = model.services.get(consumer)?.document.consumes
  const step = Array.isArray(consumes) ? consumes.indexOf(event) : event
  return ['services', consumer, 'consumes', step]
}
