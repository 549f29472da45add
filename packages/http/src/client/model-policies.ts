import type { CallModel } from '@watertight/manifest'
import { OptionError } from '@watertight/policy'
import { type BulkheadRules, type FallbackSettings, manifestSettings } from '@watertight/traffic'
import type { FallbackRules, QueuedRequest } from './fallback/fallback-rules.js'
import type { CallPolicies } from './fetch-options.js'

/** A request that could not be answered, and where the manifest says it is to be kept. */
export interface QueuedCall extends QueuedRequest {
  readonly to: string
  readonly queue: string
}

/** Keeps a request for later; rejects when it could not. */
export type OnQueue = (call: QueuedCall, error: unknown) => void | PromiseLike<void>

/**
 * The policies of one call of the manifest, as this process enforces them.
 *
 * @throws {OptionError} when its fallback keeps requests and nobody has said how
 */
export function modelPolicies(call: CallModel, onQueue: OnQueue | undefined): CallPolicies {
  const { fallback, bulkhead, hashOn: _hashOn, ...others } = manifestSettings(call)
  // What the process cannot do stands in the manifest's enforcement limits, so that `check` and `explain` tell it.
  const settings: CallPolicies = {
    ...others,
    bulkhead: bulkhead && slotsOf(bulkhead),
  }
  return fallback === undefined
    ? settings
    : { ...settings, fallback: fallbackRules(call.to, fallback, onQueue) }
}

function slotsOf({
  connections: _connections,
  pending: _pending,
  ...rules
}: BulkheadRules): CallPolicies['bulkhead'] {
  return rules
}

function fallbackRules(to: string, settings: FallbackSettings, onQueue: OnQueue | undefined): FallbackRules {
  const { queue, ...fallback } = settings
  if (queue === undefined) return fallback
  if (onQueue === undefined) {
    throw new OptionError(
      `cannot create client: onQueue must be given, for calls to ${to} fall back on queue '${queue}', got none`,
      'onQueue',
    )
  }
  return { ...fallback, onQueue: (request, error) => onQueue({ ...request, to, queue }, error) }
}
