import { UnwantedAnswerError } from './failure/request-error.js'
import type { Destination } from './destination.js'
import type { CallPolicies } from './fetch-options.js'
import { Origins } from './origins.js'
import { followRedirects } from './redirect/follow-redirects.js'
import { isRedirect } from './redirect/redirected-request.js'
import type { FetchInit } from './request/fetch-init.js'
import type { OutgoingRequest } from './request/outgoing-request.js'
import type { EndpointState, ResilientFetch } from './resilient-fetch.js'
import { FetchResponse } from './response/fetch-response.js'
import { matchesIntegrity } from './response/integrity.js'
import { timeResource } from './response/time-resource.js'

/** A `fetch` that begins at a destination, and goes on wherever it is redirected to. */
export async function fetchFrom(
  destination: Destination,
  input: string | URL | Request,
  init: FetchInit | undefined,
  origins: Origins,
): Promise<Response> {
  const reading = destination.read(input, init)
  const request = reading instanceof Promise ? await reading : reading
  const first = await destination.send(request)
  const leadsElsewhere = first.status >= 300 && isRedirect(first.status)
  const response = leadsElsewhere ? await followRedirects(first, request, origins) : first
  if (destination.timesResources) timeResource(first, response)
  return request.integrity === '' ? response : verified(response, request)
}

/** Hands a body on only once all of it has been found to be what the caller asked for. */
async function verified(response: Response, request: OutgoingRequest): Promise<Response> {
  const bytes =
    response instanceof FetchResponse
      ? await response.peek()
      : new Uint8Array(await response.clone().arrayBuffer())
  if (matchesIntegrity(bytes, request.integrity)) return response
  throw new UnwantedAnswerError('integrity mismatch')
}

/** The function that users call, over the destination that does the work; `beyond` knows where redirects lead. */
export function fetchOf(destination: Destination, beyond?: Origins): ResilientFetch {
  const own = new Origins((origin) => destination.toOrigin(origin), destination)
  const origins = beyond ?? own
  const call = (input: string | URL | Request, init?: FetchInit): Promise<Response> =>
    fetchFrom(destination, input, init, origins)
  return Object.defineProperties(call, {
    policy: { value: destination.policy },
    breaker: { get: () => destination.stateful.breaker },
    endpoints: { get: () => endpointStates(destination) },
    observations: { get: () => destination.observations },
    ...controlsOf(own),
  }) as ResilientFetch
}

/** What every `fetch` can do with all the places that it calls. */
export function controlsOf(origins: Origins): PropertyDescriptorMap {
  return {
    update: { value: (policies: CallPolicies) => origins.update(policies) },
    close: { value: () => origins.each((one) => one.close()) },
    destroy: { value: () => origins.each((one) => one.destroy()) },
  }
}

function endpointStates({ endpoints }: Destination): EndpointState[] {
  return endpoints.all.map(({ origin, active, index }) => ({
    origin,
    active,
    ejected: endpoints.isEjected(index),
  }))
}
