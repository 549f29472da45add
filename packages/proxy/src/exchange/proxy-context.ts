import type { ServerRecorder } from '@watertight/telemetry'
import type { AccessLog } from '../access-log/access-log.js'
import type { Admissions } from './admissions.js'
import type { RequestTap } from '../tap/request-tap.js'
import type { Route } from '../routes/route.js'

/** What all requests of a listener share. Routes are replaced as a whole; a request keeps the one that it has found. */
export interface ProxyContext {
  routes: readonly Route[]
  readonly log: AccessLog | undefined
  readonly tap: RequestTap
  /** `out`: what the process beside a sidecar asks of others. */
  readonly direction: 'in' | 'out'
  readonly recorder: ServerRecorder | undefined
  /** Bytes of a request's body that are kept for further attempts. */
  readonly replayBytesMax: number
  /** Bytes of a request's body. */
  readonly bodyBytesMax: number
  /** Whether callers are named to the services behind, as a gateway does it: `x-forwarded-for` and `-proto`. */
  readonly forwardsAddresses: boolean
  /** Whether paths are brought to one form before they are matched and sent on. */
  readonly normalizesPaths: boolean
  /** Whether several slashes in a row are one. */
  readonly mergesSlashes: boolean
  /** Whether a caller that asks first is told here to send its body; else the service is asked. */
  readonly continuesHere: boolean
  /** Where more than can be borne is shed. */
  readonly admissions: Admissions | undefined
  /** Whether anybody may trace requests. */
  readonly traces: boolean
  readonly newRequestId: () => string
}
