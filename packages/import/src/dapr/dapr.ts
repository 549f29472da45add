import { ImportError } from '../import-error.js'
import { type ImportSource, kubernetesObjects, namesOf } from '../settings/import-source.js'
import type { Setting } from '../settings/setting.js'
import { readText } from '../settings/read.js'
import { Block } from '../writing/block.js'
import type { Draft, ImportOptions } from '../writing/draft.js'
import { Names, plainName } from '../writing/names.js'
import { ServiceTable } from '../writing/service-table.js'
import { withTimeLimit } from '../writing/time-limit.js'
import { breakerBlock, retryBlock, timeoutBlock } from './blocks.js'
import { daprKeys } from './dapr-keys.js'

/** What a target may name, where it is defined, and how it is written. */
const targetParts = [
  { key: 'timeout', group: 'timeouts', section: 'timeout', write: timeoutBlock },
  { key: 'retry', group: 'retries', section: 'retry', write: retryBlock },
  { key: 'circuitBreaker', group: 'circuitBreakers', section: 'breaker', write: breakerBlock },
] as const

/** Dapr's Resiliency resources: each app under `targets` becomes a callee of the apps in `scopes`. */
export function fromDapr(sources: readonly ImportSource[], options: ImportOptions): Draft {
  const names = new Names()
  const policyNames = new Names()
  const policies = new Block()
  const services = new ServiceTable()
  const all = kubernetesObjects(sources)
  const own = all.filter(({ kind }) => kind === 'Resiliency')
  const first = own[0]?.document
  if (first === undefined) {
    throw new ImportError(
      `cannot import ${namesOf(sources)}: a document of kind Resiliency is needed, and there is none`,
    )
  }
  for (const { document, kind } of all) {
    if (kind === 'Resiliency') {
      readResiliency(document, { names, policyNames, policies, services, caller: options.service ?? 'app' })
      document.declineRest(daprKeys)
    } else {
      document.decline(
        'only documents of the kind Resiliency are imported; import this one with its own format',
      )
    }
  }
  if (services.empty) services.add(names.nameFor(options.service ?? 'app'))
  const found = readText(first.at('metadata', 'name'))?.value ?? 'dapr'
  return {
    system: plainName(options.system ?? found),
    head: new Block(),
    policies,
    services: services.blocks(),
  }
}

interface Parts {
  readonly names: Names
  readonly policyNames: Names
  readonly policies: Block
  readonly services: ServiceTable
  readonly caller: string
}

function readResiliency(document: Setting, parts: Parts): void {
  const { names, services, caller } = parts
  readDefaults(document, parts)
  document.at('version')?.use()
  const scopes = (document.at('scopes')?.items ?? []).flatMap((scope) => readText(scope) ?? [])
  for (const scope of scopes) services.add(names.nameFor(scope.value), scope.from.place)
  for (const target of document.at('spec', 'targets', 'apps')?.entries ?? []) {
    const name = names.nameFor(target.key)
    services.add(name, `${target.place} ${target.key}`)
    const policy = policyOf(document, target, parts)
    const call =
      policy === undefined
        ? new Block().nest('timeout', withTimeLimit(new Block(), 'Dapr'))
        : new Block().put('policy', policy)
    const callers = scopes.map(({ value }) => names.nameFor(value)).filter((scope) => scope !== name)
    if (callers.length === 0)
      callers.push(names.nameFor(name === names.nameFor(caller) ? `${caller}-caller` : caller))
    const taken = callers.filter((from) => !services.call(from, name, call, target.place))
    if (taken.length > 0) {
      target.decline(
        `an earlier document already says how ${taken.join(', ')} calls ${name}: keep one of the two`,
      )
    }
  }
}

/** By the names of its parts a policy is the default of every app that no target names. */
const defaultNames = {
  timeout: ['DefaultAppTimeoutPolicy', 'DefaultTimeoutPolicy'],
  retry: ['DefaultAppRetryPolicy', 'DefaultRetryPolicy'],
  circuitBreaker: ['DefaultAppCircuitBreakerPolicy', 'DefaultCircuitBreakerPolicy'],
} as const

function readDefaults(document: Setting, { policyNames, policies }: Parts): void {
  const used = targetParts.flatMap((part) => {
    const definition = defaultNames[part.key]
      .map((name) => document.at('spec', 'policies', part.group, name))
      .find((one) => one !== undefined)
    return definition === undefined ? [] : [{ ...part, name: definition.key, definition }]
  })
  if (used.length === 0) return
  const name = policyNames.nameFor(`${document.path} default`, 'default-app')
  policies.nest(name, policyBlock(used), 'for every app that targets does not name: give it to their calls')
}

/** The manifest's policy for the three that a target names; targets with the same three share it. */
function policyOf(document: Setting, target: Setting, { policyNames, policies }: Parts): string | undefined {
  const used = targetParts.flatMap((part) => {
    const read = readText(target.at(part.key))
    if (read === undefined) return []
    const definition = document.at('spec', 'policies', part.group, read.value)
    if (definition === undefined) {
      read.from.decline(
        `no policy under ${part.group} is named ${read.value}: write the ${part.section} by hand`,
      )
      return []
    }
    return [{ ...part, name: read.value, definition }]
  })
  if (used.length === 0) return undefined
  const distinct = [...new Set(used.map(({ name }) => name))].join('-')
  const identity = used.map(({ key, name }) => `${key}=${name}`).join(',')
  const name = policyNames.nameFor(`${document.path} ${identity}`, distinct)
  if (policies.has(name)) return name
  policies.nest(name, policyBlock(used))
  return name
}

type UsedPart = (typeof targetParts)[number] & { readonly definition: Setting }

function policyBlock(used: readonly UsedPart[]): Block {
  const policy = new Block()
  for (const { section, write, definition } of used) {
    const block = write(definition.visit())
    if (!block.empty) policy.nest(section, block, definition.source)
  }
  if (!policy.has('timeout')) policy.nest('timeout', withTimeLimit(new Block(), 'Dapr'))
  return policy
}
