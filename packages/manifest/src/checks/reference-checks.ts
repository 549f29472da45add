import { formerSpellings, keyOf } from '../model/former-spellings.js'
import type { ServiceModel, SystemModel } from '../model/system-model.js'
import { suggest } from '../reading/suggest.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Check } from './check.js'

interface Reference {
  readonly kind: 'service' | 'policy' | 'store' | 'event' | 'saga'
  readonly name: string
  readonly path: DocumentPath
  /** A callee is named by its key; every other reference by a value. */
  readonly part: 'key' | 'value'
}

export const referenceChecks: readonly Check[] = [
  {
    code: 'WT-DOC-UNKNOWN-REFERENCE',
    group: 'document',
    severity: 'error',
    title: 'a name that nothing in the document has',
    *find(model) {
      const { services, policies, stores, sagas } = model
      const events = new Map(Object.entries(model.document.events ?? {}))
      const known = { service: services, policy: policies, store: stores, event: events, saga: sagas }
      for (const { kind, name, path, part } of references(model)) {
        if (known[kind].has(name)) continue
        const hint = suggest(name, [...known[kind].keys()])
        yield { path, part, message: `there is no ${kind} ${name}`, hint }
      }
    },
  },
  {
    code: 'WT-DOC-PORT-CLASH',
    group: 'document',
    severity: 'error',
    title: 'two services listen on one port',
    *find(model) {
      // What is started here shares one machine; containers each have their own ports.
      const taken = new Map<number, string>()
      const gateway = model.document.gateway?.listen?.port
      if (gateway !== undefined) taken.set(gateway, 'the gateway')
      for (const { name, path, document, applicationPort, outboundPorts } of model.services.values()) {
        if (document.run === undefined) continue
        const ports: (readonly [port: number | undefined, keys: readonly string[]])[] = [
          [document.port, ['port']],
          [applicationPort, ['sidecar', 'application']],
        ]
        for (const [callee, port] of outboundPorts) ports.push([port, ['sidecar', 'outbound', callee]])
        for (const [port, keys] of ports) {
          if (port === undefined) continue
          const owner = taken.get(port)
          taken.set(port, owner ?? name)
          if (owner === undefined) continue
          const message = `cannot start ${name}: port ${port} belongs to ${owner}`
          yield {
            path: [...path, ...keys],
            part: 'value',
            message,
            hint: 'give each service a port of its own',
          }
        }
      }
    },
  },
  {
    code: 'WT-DOC-PORT-SHARED',
    group: 'document',
    severity: 'note',
    title: 'two services say the same port',
    *find(model) {
      const taken = new Map<number, ServiceModel>()
      for (const service of model.services.values()) {
        const { port } = service.document
        if (port === undefined) continue
        const owner = taken.get(port)
        taken.set(port, owner ?? service)
        if (owner === undefined || (owner.document.run !== undefined && service.document.run !== undefined))
          continue
        yield {
          path: [...service.path, 'port'],
          part: 'value',
          cause: String(port),
          subject: service.name,
          message: `${service.name} listens on port ${port} as ${owner.name} does: right in containers, not on one machine`,
          hint: 'give each its own port if they are to run on one machine',
        }
      }
    },
  },
  {
    code: 'WT-DOC-FORMER-SPELLING',
    group: 'document',
    severity: 'note',
    title: 'a key with a former name',
    *find(model) {
      for (const { former, now } of formerSpellings(model.document)) {
        const [old, current] = [keyOf(former), keyOf(now)]
        const message = `${old} is now ${current}, and is still read`
        yield { path: former, part: 'key', message, hint: `write ${current} in its place` }
      }
    },
  },
  {
    code: 'WT-DOC-UNUSED-POLICY',
    group: 'document',
    severity: 'note',
    title: 'a policy that no call uses',
    *find(model) {
      const used = new Set(model.calls.map((call) => call.policy.name))
      used.add(model.document.gateway?.policy ?? '')
      for (const { document } of model.routes) used.add(document.policy ?? '')
      for (const policy of Object.values(model.document.policies ?? {})) used.add(policy.extends ?? '')
      for (const { name, path } of model.policies.values()) {
        if (used.has(name)) continue
        yield { path, message: `no call uses policy ${name}`, hint: 'remove it, or name it in a call' }
      }
    },
  },
]

/** What the gateway names: services behind its routes and copies of requests, and policies. */
function* gatewayReferences({ routes, document }: SystemModel): Iterable<Reference> {
  const policy = (name: string | undefined, path: DocumentPath): Reference[] =>
    name === undefined ? [] : [{ kind: 'policy', name, path: [...path, 'policy'], part: 'value' }]
  yield* policy(document.gateway?.policy, ['gateway'])
  for (const { to, mirror, path, document: route } of routes) {
    yield* policy(route.policy, path)
    if (to !== undefined) yield { kind: 'service', name: to, path: [...path, 'to'], part: 'value' }
    if (mirror !== undefined)
      yield { kind: 'service', name: mirror.to, path: [...path, 'mirror', 'to'], part: 'value' }
  }
}

function* references(model: SystemModel): Iterable<Reference> {
  const service = (name: string, path: DocumentPath, part: 'key' | 'value' = 'value'): Reference => {
    return { kind: 'service', name, path, part }
  }
  for (const call of model.calls) {
    yield service(call.to, call.path, 'key')
    // The model falls back to an empty policy, so the name is read from the document.
    const named = model.services.get(call.from)?.document.calls?.[call.to]?.policy
    if (named !== undefined)
      yield { kind: 'policy', name: named, path: [...call.path, 'policy'], part: 'value' }
  }
  for (const { path, live, ready, document } of model.services.values()) {
    for (const [name, probe] of [
      ['live', live],
      ['ready', ready],
    ] as const) {
      for (const [index, dependency] of (probe?.checks ?? []).entries()) {
        yield service(dependency, [...path, 'health', name, 'checks', index])
      }
    }
    if (document.callers !== undefined && document.callers !== 'any') {
      for (const [index, caller] of document.callers.entries()) {
        const isName = caller !== 'gateway' && !caller.startsWith('spiffe://')
        if (isName) yield service(caller, [...path, 'callers', index])
      }
    }
    for (const name of Object.keys(document.sidecar?.outbound ?? {})) {
      yield service(name, [...path, 'sidecar', 'outbound', name], 'key')
    }
    const relay = document.outbox?.relay ?? 'none'
    if (relay !== 'none' && relay !== 'self') yield service(relay, [...path, 'outbox', 'relay'])
  }
  yield* gatewayReferences(model)
  for (const alert of model.alerts) yield service(alert.service, [...alert.path, 'service'])
  for (const { name, target } of model.experiments) yield service(target, ['chaos', name, 'target'])
  for (const [name, { target }] of Object.entries(model.document.drills ?? {}))
    if (target !== undefined) yield service(target, ['drills', name, 'target'])
  yield* dataReferences(model)
}

/** What services say of stores and events, and sagas of services and of one another. */
function* dataReferences(model: SystemModel): Iterable<Reference> {
  for (const { path, document, publishes, consumes } of model.services.values()) {
    const { store, idempotency } = document
    if (store !== undefined) yield { kind: 'store', name: store, path: [...path, 'store'], part: 'value' }
    for (const key of ['store', 'cache'] as const) {
      const name = idempotency?.[key]
      if (name !== undefined)
        yield { kind: 'store', name, path: [...path, 'idempotency', key], part: 'value' }
    }
    // Without a section of events, their names are said where they are used.
    if (model.document.events === undefined) continue
    for (const [index, name] of publishes.entries()) {
      yield { kind: 'event', name, path: [...path, 'publishes', index], part: 'value' }
    }
    const isList = Array.isArray(document.consumes)
    for (const [index, name] of [...consumes.keys()].entries()) {
      const step = isList ? index : name
      yield { kind: 'event', name, path: [...path, 'consumes', step], part: isList ? 'value' : 'key' }
    }
  }
  for (const { service, path, stages } of model.sagas.values()) {
    if (service !== undefined) {
      yield { kind: 'service', name: service, path: [...path, 'service'], part: 'value' }
    }
    for (const step of stages.flat()) {
      if (step.service !== undefined) {
        yield { kind: 'service', name: step.service, path: [...step.path, 'service'], part: 'value' }
      }
      if (step.kind === 'saga' && step.awaits !== undefined) {
        yield { kind: 'saga', name: step.awaits, path: [...step.path, 'saga'], part: 'value' }
      }
    }
  }
}
