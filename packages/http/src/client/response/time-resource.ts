import { clock } from '../../runtime/clock.js'
import { markResource } from '../../runtime/mark-resource.js'
import { FetchResponse } from './fetch-response.js'

/**
 * Has a `fetch` appear among the `resource` entries of the process once its answer has come whole, as the platform's do.
 *
 * @param first the answer to the first request, which `last` is too unless it was redirected
 */
export function timeResource(first: Response, last: Response): void {
  if (!(first instanceof FetchResponse) || !(last instanceof FetchResponse)) return
  // Taken out of the responses, which nothing may keep alive but those who read them.
  const { url } = first
  const { status } = last
  const startedAt = FetchResponse.sourceOf(first).beganAt
  const source = FetchResponse.sourceOf(last)
  source.whenWhole(() => {
    const { beganAt: fetchedAt, startedAt: requestedAt, answeredAt, encodedBytes, decodedBytes } = source
    const times = { startedAt, fetchedAt, requestedAt, answeredAt, endedAt: clock.now() }
    markResource({ url, status, ...times, encodedBytes, decodedBytes })
  })
}
