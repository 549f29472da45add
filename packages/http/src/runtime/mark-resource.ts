import { performance } from 'node:perf_hooks'

/** What the timeline of the process tells of a request and its answer. Times are those of the clock. */
export interface TimedResource {
  readonly url: string
  readonly status: number
  /** The first request began. */
  readonly startedAt: number
  /** The last one began, after all redirects. */
  readonly fetchedAt: number
  /** It was sent, at its last attempt. */
  readonly requestedAt: number
  readonly answeredAt: number
  readonly endedAt: number
  readonly encodedBytes: number
  readonly decodedBytes: number
}

/** What a platform may have for that; since Node 22 the status is asked for as well. */
interface Timeline {
  markResourceTiming?(
    timing: object,
    url: string,
    initiator: string,
    global: object,
    cacheMode: '',
    bodyInfo: undefined,
    status: number,
  ): void
}

const timeline = performance as unknown as Timeline

/** Enters a request into the timeline of the process, as an entry of the type `resource`, where the platform has one. */
export function markResource(resource: TimedResource): void {
  const { url, status, startedAt, fetchedAt } = resource
  const isRedirected = startedAt !== fetchedAt
  const timing = {
    startTime: startedAt,
    redirectStartTime: isRedirected ? startedAt : 0,
    redirectEndTime: isRedirected ? fetchedAt : 0,
    postRedirectStartTime: fetchedAt,
    finalServiceWorkerStartTime: 0,
    // As for any connection that is used again: what it took to open it is not told.
    finalConnectionTimingInfo: {
      domainLookupStartTime: fetchedAt,
      domainLookupEndTime: fetchedAt,
      connectionStartTime: fetchedAt,
      connectionEndTime: fetchedAt,
      secureConnectionStartTime: fetchedAt,
      ALPNNegotiatedProtocol: null,
    },
    finalNetworkRequestStartTime: resource.requestedAt,
    finalNetworkResponseStartTime: resource.answeredAt,
    endTime: resource.endedAt,
    encodedBodySize: resource.encodedBytes,
    decodedBodySize: resource.decodedBytes,
  }
  timeline.markResourceTiming?.(timing, url, 'fetch', globalThis, '', undefined, status)
}
