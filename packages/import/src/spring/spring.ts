import { ImportError } from '../import-error.js'
import { instanceNames, instancePolicy, type Modules, modulesOf } from '../resilience4j/instance-policy.js'
import { canonicalKeys, resilience4jKeys } from '../resilience4j/resilience4j-keys.js'
import type { KnownKeys, Setting } from '../settings/setting.js'
import { namesOf } from '../settings/import-source.js'
import { Block } from '../writing/block.js'
import type { Draft, ImportOptions } from '../writing/draft.js'
import { Names, plainName } from '../writing/names.js'
import { ServiceTable } from '../writing/service-table.js'
import { withTimeLimit } from '../writing/time-limit.js'
import { type CloudGateway, cloudGateways, gatewayKeys, writeCloudGateway } from './cloud-gateway.js'
import { type FeignClients, feignClients, feignKeys, feignLimits } from './feign-clients.js'
import { springSettings } from './spring-settings.js'
import type { SpringApplication } from './spring-texts.js'

const notOurs = 'not a setting of Resilience4j; it stays where it is'
const notOursBelow: KnownKeys = { '*': notOurs }

const circuitBreakerKeys: KnownKeys = canonicalKeys({
  resilience4j: canonicalKeys({
    disableTimeLimiter: timeLimiterOff,
    disableTimeLimiterMap: timeLimiterOff,
    '*': 'how Spring Cloud runs and counts what it protects has no place here; nothing to do',
  }),
  '*': notOurs,
})

function timeLimiterOff({ text }: Setting): string {
  if (text === 'false') return 'it is as if it did not stand there; nothing to do'
  return 'without its time limiter Spring Cloud limits no call: take the timeout.attempt away that comes from timelimiter'
}

const knownKeys: KnownKeys = canonicalKeys({
  resilience4j: resilience4jKeys,
  feign: feignKeys,
  spring: canonicalKeys({
    application: canonicalKeys({ name: 'the caller is named otherwise; nothing to do', '*': notOurs }),
    config: notOurs,
    cloud: canonicalKeys({
      gateway: gatewayKeys,
      openfeign: feignKeys,
      circuitbreaker: circuitBreakerKeys,
      '*': notOurs,
    }),
    ...notOursBelow,
  }),
  ...notOursBelow,
})

interface Application {
  readonly root: Setting
  readonly caller: string
  readonly modules: Modules
  readonly clients: FeignClients
  readonly gateways: readonly CloudGateway[]
}

interface Parts {
  readonly names: Names
  readonly policyNames: Names
  readonly policies: Block
  readonly services: ServiceTable
}

/**
 * Spring Boot's properties: each instance of Resilience4j and each client of OpenFeign becomes a callee with a policy of
 * its own; routes of a Spring Cloud Gateway become routes of the manifest's gateway.
 */
export function fromSpring(given: readonly SpringApplication[], options: ImportOptions): Draft {
  const names = new Names()
  const applications = given.map((application) => read(application, given.length, options))
  if (!applications.some(isOurs)) {
    throw new ImportError(
      `cannot import ${namesOf(given.flatMap(({ texts }) => texts.map(({ source }) => source)))}: a section resilience4j, spring.cloud.gateway or spring.cloud.openfeign is needed, and there is none`,
    )
  }
  const parts: Parts = {
    names,
    policyNames: new Names(),
    policies: new Block(),
    services: new ServiceTable(),
  }
  const ours = applications.filter(isOurs)
  for (const { caller } of ours) parts.services.add(names.nameFor(caller))
  for (const application of ours) readApplication(application, parts)
  const gateway = new Block()
  for (const { gateways } of ours)
    for (const one of gateways) writeCloudGateway(one, gateway, (name) => serviceOf(name, parts))
  for (const { root } of applications) root.declineRest(knownKeys)
  return {
    system: plainName(options.system ?? (ours.length === 1 ? ours[0]?.caller : undefined) ?? 'system'),
    head: new Block(),
    policies: parts.policies,
    services: parts.services.blocks(),
    gateway: gateway.empty ? undefined : gateway,
  }
}

function read(application: SpringApplication, count: number, options: ImportOptions): Application {
  const root = springSettings(application.texts, options.profiles ?? [])
  const name = root.at('spring', 'application', 'name')
  const own = typeof name?.scalar === 'string' && /^[\w.-]+$/.test(name.scalar) ? name : undefined
  const given = count === 1 ? options.service : undefined
  if (given === undefined) own?.use()
  return {
    root,
    caller: given ?? own?.text ?? application.name ?? options.service ?? 'app',
    modules: modulesOf(root.at('resilience4j')),
    clients: feignClients(root),
    gateways: cloudGateways(root),
  }
}

function isOurs({ root, clients, gateways }: Application): boolean {
  const feign = clients.named.size > 0 || clients.fallback !== undefined
  return root.at('resilience4j') !== undefined || feign || gateways.length > 0
}

/** The callee of that name: another application, if one has it. */
function serviceOf(name: string, { names, services }: Parts): string {
  const plain = plainName(name)
  const service = services.has(plain) ? plain : names.nameFor(name)
  services.add(service)
  return service
}

function readApplication({ caller: given, modules, clients }: Application, parts: Parts): void {
  const { names, policyNames, policies, services } = parts
  const caller = names.nameFor(given)
  const matched = new Set<Setting>()
  const add = (name: string, policy: Block, comment: string): void => {
    // A callee that is named like its caller is another thing all the same.
    const callee = serviceOf(plainName(name) === caller ? `${name}-backend` : name, parts)
    const like = policies.has(callee) ? `${caller}-${callee}` : callee
    const own = policyNames.nameFor(`${given} ${name}`, like)
    policies.nest(own, policy, comment)
    services.call(caller, callee, new Block().put('policy', own), comment)
  }
  for (const name of instanceNames(modules)) {
    const client = [...clients.named.values()].find(({ key }) => plainName(key) === plainName(name))
    if (client !== undefined) matched.add(client)
    const limits = client === undefined ? new Block() : feignLimits(clients, client)
    const { policy, place } = instancePolicy((module) => modules.get(module)?.layers(name), limits)
    add(name, policy, `${place} ${name}`)
  }
  noteSameCallees(modules)
  for (const client of clients.named.values()) {
    if (matched.has(client)) continue
    const timeout = withTimeLimit(feignLimits(clients, client), 'Feign')
    add(client.key, new Block().nest('timeout', timeout), client.source)
  }
  readDefaults(modules, clients, given, parts)
}

/** What holds for instances and clients that only the code names: a policy to give to their calls. */
function readDefaults(modules: Modules, clients: FeignClients, application: string, parts: Parts): void {
  const { policyNames, policies } = parts
  const unnamed = [...modules].filter(([, module]) => module.unnamed !== undefined)
  const fallback = clients.named.size === 0 ? clients.fallback : undefined
  if (unnamed.length === 0 && fallback === undefined) return
  const limits = fallback === undefined ? new Block() : feignLimits(clients, undefined)
  const { policy, place } = instancePolicy((module) => modules.get(module)?.unnamed, limits)
  const name = policyNames.nameFor(
    `${application} *`,
    policies.has('default') ? `${application}-default` : 'default',
  )
  const first = place === '' ? (fallback?.source ?? '') : `${place} configs.default`
  policies.nest(name, policy, `${first}; for callees that only the code names: give it to their calls`)
  const note = `no instance is configured, and those that the code names (by annotation) use it: the policy ${name} has it, so add each callee with this policy`
  for (const [, module] of unnamed) module.unnamed?.instance?.note(note)
  fallback?.note(
    `no client is configured by name: the policy ${name} has it, so add each callee with this policy`,
  )
}

const suffix =
  /[-_]?(retry|circuit[-_]?breaker|breaker|cb|bulkhead|time[-_]?limiter|timeout|rate[-_]?limiter)$/i

/** `payment`, `paymentRetry` and `paymentBulkhead` are often one callee, which only the code says. */
function noteSameCallees(modules: Modules): void {
  const all = instanceNames(modules)
  const byStem = new Map<string, string[]>()
  for (const name of all) {
    const stem = plainName(name.replace(suffix, ''))
    byStem.set(stem, [...(byStem.get(stem) ?? []), name])
  }
  for (const group of byStem.values()) {
    const [first, ...others] = group
    for (const name of others) {
      const instance = [...modules.values()]
        .map((module) => module.instances.get(name))
        .find((one) => one !== undefined)
      instance?.note(
        `by its name the same callee as ${first}, which only the code knows: if so, make one policy of the two`,
      )
    }
  }
}
