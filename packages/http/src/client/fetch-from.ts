import { UnwantedAnswerError } from './failure/request-error.js'
import type { Destination } from './destination.js'
import type { Origins } from './origins.js'
import { followRedirects } from './redirect/follow-redirects.js'
import { isRedirect } from './redirect/redirected-request.js'
import type { FetchInit } from './request/fetch-init.js'
import type { OutgoingRequest } from './request/outgoing-request.js'
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
  const response = isRedirect(first.status) ? await followRedirects(first, request, origins) : first
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
