import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { withTimeLimit } from '../writing/time-limit.js'
import { breakerBlock } from './breaker-block.js'
import { bulkheadBlock, rateLimitBlock, threadPoolBlock, timeoutBlock } from './blocks.js'
import { type ModuleName, modules } from './resilience4j-keys.js'
import { type InstanceConfig, ModuleConfig } from './module-config.js'
import { retryBlock } from './retry.js'

/** Each module of Resilience4j with its configs and instances. */
export type Modules = ReadonlyMap<ModuleName, ModuleConfig>

/** What each module says of one instance. */
export type Configured = (module: ModuleName) => InstanceConfig | undefined

export function modulesOf(resilience4j: Setting | undefined): Modules {
  const names = Object.keys(modules) as ModuleName[]
  return new Map(names.map((name) => [name, new ModuleConfig(resilience4j?.at(name))]))
}

/** The names of all instances, in the order of the modules. */
export function instanceNames(all: Modules): string[] {
  return [...new Set([...all.values()].flatMap((module) => [...module.instances.keys()]))]
}

export interface InstancePolicy {
  readonly policy: Block
  readonly place: string
}

/** The policy of a call under what the modules say of it; `limits` are time limits that its client has. */
export function instancePolicy(of: Configured, limits: Block): InstancePolicy {
  const [time, retry, breaker] = [of('timelimiter'), of('retry'), of('circuitbreaker')]
  const [semaphore, pool, rate] = [of('bulkhead'), of('threadpoolbulkhead'), of('ratelimiter')]
  const policy = new Block()
  const timeout = limits
  if (time !== undefined) timeout.replace(timeoutBlock(time))
  policy.nest('timeout', withTimeLimit(timeout, 'Resilience4j'), time?.place)
  const retries = retry === undefined ? undefined : retryBlock(retry)
  if (retries !== undefined) policy.nest('retry', retries, retry?.place)
  if (breaker !== undefined) policy.nest('breaker', breakerBlock(breaker), breaker.place)
  if (semaphore !== undefined) policy.nest('bulkhead', bulkheadBlock(semaphore), semaphore.place)
  else if (pool !== undefined) policy.nest('bulkhead', threadPoolBlock(pool), pool.place)
  if (semaphore !== undefined && pool !== undefined) {
    pool.instance?.decline(
      'a call has one bulkhead, and the instance of resilience4j.bulkhead was taken: keep the one you mean',
    )
  }
  const rateLimit = rate === undefined ? undefined : rateLimitBlock(rate)
  if (rate !== undefined && rateLimit !== undefined) policy.nest('rateLimit', rateLimit, rate.place)
  const first = [time, retry, breaker, semaphore, pool, rate].find((config) => config !== undefined)
  return { policy, place: first?.place ?? '' }
}
