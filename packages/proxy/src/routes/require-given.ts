import type { ServiceModel } from '@watertight/manifest'
import type { CallSettings } from '@watertight/traffic'

/** The document asks a proxy for something that none gives. Nothing is run then: a caller would trust in it in vain. */
export class NotGivenError extends Error {
  override readonly name = 'NotGivenError'
  readonly code = 'WT_NOT_GIVEN'
}

const spoken: ReadonlySet<string> = new Set(['http1', 'h2'])

/**
 * @param place where the document asks for it, such as `gateway.routes[0]`
 * @throws {NotGivenError} when it asks for what a proxy does not give
 */
export function requireGiven(place: string, { fallback }: CallSettings, to: ServiceModel | undefined): void {
  if (fallback?.queue !== undefined) {
    throw new NotGivenError(
      `cannot run a proxy: ${place}.fallback must be status or cache behind a proxy, which keeps no requests for later, got queue: ${fallback.queue}; say enforce: process where the calling process keeps them`,
    )
  }
  if (to !== undefined && !spoken.has(to.protocol)) {
    throw new NotGivenError(
      `cannot run a proxy: ${place} must call a service of protocol http1 or h2, got ${to.name} with ${to.protocol}; call it without a sidecar, or run --engine envoy, which passes such connections on`,
    )
  }
}
