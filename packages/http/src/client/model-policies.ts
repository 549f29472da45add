import type { CallModel } from '@watertight/manifest'
import { OptionError } from '@watertight/policy'
import { type FallbackSettings, manifestSettings } from '@watertight/traffic'
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
  const { fallback, ...settings } = manifestSettings(call)
  return fallback === undefined ? settings : { ...settings, fallback: rules(call.to, fallback, onQueue) }
}

function rules(to: string, settings: FallbackSettings, onQueue: OnQueue | undefined): FallbackRules {
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
