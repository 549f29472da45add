import type { Bounds } from '../scenario/schemas.js'
import type { RequestPattern, Seen } from '../scenario/seen-schema.js'
import type { RecordedRequest } from '../upstream/recorded-request.js'
import type { Recorder } from '../upstream/recorder.js'
import { checkHeaders } from './check-headers.js'
import { quoted } from './quoted.js'
import { within, words } from './within.js'

/** How many requests the endpoints have received, and which. */
export function checkRequests({ requests, attempts, every }: Seen, recorder: Recorder): string[] {
  const got = recorder.requests
  const faults: string[] = []
  if (requests !== undefined && isBounds(requests)) {
    if (!within(got.length, requests))
      faults.push(`${words(requests)} requests must reach the callee, got ${got.length}`)
  } else faults.push(...checkCounts(requests ?? {}, recorder))
  if (every !== undefined) faults.push(...got.flatMap((request) => checkRequest(every, request)))
  // Without any request, nothing would be looked at.
  if (every !== undefined && got.length === 0) faults.push('a request must reach the callee, got none')
  return [...faults, ...checkAttempts(attempts, got)]
}

export function checkCounts(counts: Readonly<Record<string, Bounds>>, recorder: Recorder): string[] {
  return Object.entries(counts).flatMap(([endpoint, wanted]) => {
    const got = recorder.countAt(endpoint)
    return within(got, wanted) ? [] : [`endpoint ${endpoint} must see ${words(wanted)} requests, got ${got}`]
  })
}

function checkAttempts(
  patterns: readonly RequestPattern[] | undefined,
  got: readonly RecordedRequest[],
): string[] {
  if (patterns === undefined) return []
  if (patterns.length !== got.length)
    return [`exactly ${patterns.length} requests must reach the callee, got ${got.length}`]
  return patterns.flatMap((pattern, index) => checkRequest(pattern, got[index]!))
}

function checkRequest(pattern: RequestPattern, request: RecordedRequest): string[] {
  const fields = (['method', 'path', 'body'] as const).flatMap((field) => {
    const wanted = pattern[field]
    return wanted === undefined || wanted === request[field]
      ? []
      : [`${field} must be ${quoted(wanted)}, got ${quoted(request[field])}`]
  })
  const place =
    pattern.at === undefined || pattern.at === request.endpoint
      ? []
      : [`endpoint must be ${pattern.at}, got ${request.endpoint}`]
  return [...place, ...fields, ...checkHeaders(pattern.headers, request.headers)].map(
    (fault) => `attempt ${request.attempt + 1} of call ${request.call}: ${fault}`,
  )
}

function isBounds(requests: object): requests is Bounds {
  return 'atLeast' in requests && typeof requests.atLeast === 'number'
}
