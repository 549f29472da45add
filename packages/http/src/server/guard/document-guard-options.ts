import type { SystemModel } from '@watertight/manifest'
import { OptionError } from '@watertight/policy'
import { sheddingRules } from '@watertight/traffic'
import type { ServerGuardOptions } from './guard-options.js'

/**
 * What the document says of how a service sheds requests, as options of its guard. Where it says nothing of `shedding`, the
 * guard has its own defaults; where it says `off`, there is no limit.
 *
 * @throws {OptionError} when the service is not in the document
 * @example
 * import { defineSystem } from '@watertight/manifest'
 * import { createServerGuard, documentGuardOptions } from '@watertight/http/server'
 * const { model } = defineSystem({
 *   watertight: 'v1',
 *   system: 'shop',
 *   services: { order: { port: 7001, shedding: { concurrency: 50 } } },
 * })
 * const guard = createServerGuard(documentGuardOptions(model, 'order'))
 * console.log(guard.limit) // 50
 */
export function documentGuardOptions(
  { services }: Pick<SystemModel, 'services'>,
  service: string,
): Pick<ServerGuardOptions, 'shedding' | 'overload'> {
  const found = services.get(service)
  if (found === undefined) {
    throw new OptionError(
      `cannot create server guard: service must be one of ${[...services.keys()].join(', ')}, got '${service}'`,
      'service',
    )
  }
  const { shedding } = found
  if (shedding === undefined) return {}
  if (shedding === false) return { shedding: false }
  const { limit, overload } = sheddingRules(shedding)
  return { shedding: limit, overload }
}
