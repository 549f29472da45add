import type { SheddingModel } from '@watertight/manifest'
import type { AdaptiveLimitOptions } from '@watertight/policy'
import type { OverloadOptions } from '../overload/overload.js'

/** How many requests a limit begins with that is to be found. */
const INITIAL_LIMIT = 100

/** What is more than can be borne: by the process, and by what it calls. */
export interface SheddingRules {
  readonly limit: AdaptiveLimitOptions
  readonly overload: OverloadOptions
}

/** What the document sheds, as the options of those who do it. */
export function sheddingRules(model: SheddingModel): SheddingRules {
  const { concurrency, queue, eventLoopDelayMs, heapUsed, memoryBytes } = model
  return {
    limit: { initialLimit: Math.min(INITIAL_LIMIT, concurrency), maxLimit: concurrency, queue },
    overload: { eventLoopDelayMs, heapUsed, rssBytes: memoryBytes },
  }
}
