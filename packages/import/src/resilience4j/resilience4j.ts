import { ImportError } from '../import-error.js'
import type { ImportSource } from '../settings/read-settings.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import type { Draft, DraftOptions } from '../writing/draft.js'
import { Names, plainName } from '../writing/names.js'
import { withTimeLimit } from '../writing/time-limit.js'
import { breakerBlock } from './circuit-breaker.js'
import { bulkheadBlock, rateLimitBlock, threadPoolBlock, timeoutBlock } from './isolation.js'
import { ModuleConfig } from './module-config.js'
import { modules, springReason } from './reasons.js'
import { retryBlock } from './retry.js'
import { springSettings } from './spring-settings.js'

/** Spring Boot's YAML for Resilience4j: each instance becomes a callee with a policy of its own. */
export function fromResilience4j(source: ImportSource, options: DraftOptions): Draft {
  const root = springSettings(source)
  const settings = root.at('resilience4j')
  if (settings === undefined) {
    throw new ImportError(`cannot import ${source.file}: a section resilience4j is needed, and there is none`)
  }
  const configs = new Map(modules.map((module) => [module, new ModuleConfig(settings.at(module))]))
  const instances = new Set([...configs.values()].flatMap((config) => [...config.instances.keys()]))
  const application = applicationName(root)
  const names = new Names()
  const caller = names.nameFor(options.service ?? application?.text ?? 'app')
  if (options.service === undefined) application?.use()
  const policies = new Block()
  const calls = new Block()
  const services = new Block()
  for (const instance of instances) {
    // A callee that is named like its caller is another thing all the same.
    const name = names.nameFor(names.nameFor(instance) === caller ? `${instance}-backend` : instance)
    const { policy, place } = policyOf(configs, instance)
    const comment = `${place} ${instance}`
    policies.nest(name, policy, comment)
    calls.nest(name, new Block().put('policy', name))
    services.nest(name, new Block(), comment)
  }
  root.declineRest(springReason)
  const callerBlock = calls.empty ? new Block() : new Block().nest('calls', calls)
  const all = new Block().nest(caller, callerBlock)
  return {
    system: plainName(options.system ?? caller),
    head: new Block(),
    policies,
    services: [all, services],
  }
}

function applicationName(root: Setting): Setting | undefined {
  const name = root.at('spring', 'application', 'name')
  return typeof name?.scalar === 'string' && /^[\w.-]+$/.test(name.scalar) ? name : undefined
}

function policyOf(
  configs: ReadonlyMap<string, ModuleConfig>,
  instance: string,
): { policy: Block; place: string } {
  const of = (module: string): ReturnType<ModuleConfig['layers']> => configs.get(module)?.layers(instance)
  const [time, retry, breaker, semaphore, pool, rate] = modules.map(of)
  const policy = new Block()
  if (time !== undefined) policy.nest('timeout', timeoutBlock(time), time.place)
  else policy.nest('timeout', withTimeLimit(new Block(), 'Resilience4j'))
  if (retry !== undefined) policy.nest('retry', retryBlock(retry), retry.place)
  if (breaker !== undefined) policy.nest('breaker', breakerBlock(breaker), breaker.place)
  if (semaphore !== undefined) policy.nest('bulkhead', bulkheadBlock(semaphore), semaphore.place)
  else if (pool !== undefined) policy.nest('bulkhead', threadPoolBlock(pool), pool.place)
  if (semaphore !== undefined && pool !== undefined) {
    configs
      .get('threadpoolbulkhead')
      ?.instances.get(instance)
      ?.decline(
        'a call has one bulkhead, and the instance of resilience4j.bulkhead was taken: keep the one you mean',
      )
  }
  const rateLimit = rate === undefined ? undefined : rateLimitBlock(rate)
  if (rate !== undefined && rateLimit !== undefined) policy.nest('rateLimit', rateLimit, rate.place)
  const place =
    [time, retry, breaker, semaphore, pool, rate].find((config) => config !== undefined)?.place ?? ''
  return { policy, place }
}
