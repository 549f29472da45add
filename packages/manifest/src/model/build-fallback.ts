import type { FallbackDocument } from '../document/service-document.js'
import { durationMs } from '../units/duration.js'
import type { FallbackModel } from './fallback-model.js'

export function buildFallback({ status, body, queue, cache }: FallbackDocument): FallbackModel {
  return { status, body, queue, cache: cache && { maxAgeMs: durationMs(cache.maxAge) } }
}
