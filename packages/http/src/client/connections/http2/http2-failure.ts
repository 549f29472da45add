import { constants } from 'node:http2'
import { ClosedError } from '../../failure/request-error.js'
import {
  type FailureDetail,
  ProtocolError,
  RefusedStreamError,
  ResetError,
} from '../../failure/transport-error.js'

/** What a stream ended with, before its answer did. */
export interface StreamEnd {
  /** Of RST_STREAM, of GOAWAY, or as the platform makes one of the end of a connection (RFC 9113, section 7). */
  readonly code: number
  /** The callee has said, by GOAWAY, that it will not look at it. */
  readonly isUnseen: boolean
  readonly cause: Error | undefined
}

/**
 * An error code as a failure of an attempt. What the callee has not looked at may be sent again, whatever it is. A
 * callee that asks for calm would be disturbed by the same request again, as by one that it cannot read.
 */
export function http2Failure({ code, isUnseen, cause }: StreamEnd, endpoint: string): Error {
  if (cause instanceof ClosedError) return cause
  const name = nameOf(code)
  const detail: FailureDetail = { endpoint, cause }
  if (isUnseen || code === constants.NGHTTP2_REFUSED_STREAM || code === constants.NGHTTP2_HTTP_1_1_REQUIRED)
    return new RefusedStreamError(`stream refused by ${endpoint}`, detail)
  if (cause !== undefined && isFault(cause))
    return new ProtocolError(`no valid HTTP from ${endpoint}: ${cause.message.toLowerCase()}`, detail)
  if (faults.has(code)) return new ProtocolError(`no valid HTTP from ${endpoint}: ${name}`, detail)
  const reason = cause?.message ?? (code === constants.NGHTTP2_NO_ERROR ? 'no answer' : name)
  return new ResetError(`stream to ${endpoint} ended before its response: ${reason}`, detail)
}

const faults: ReadonlySet<number> = new Set([
  constants.NGHTTP2_PROTOCOL_ERROR,
  constants.NGHTTP2_FLOW_CONTROL_ERROR,
  constants.NGHTTP2_FRAME_SIZE_ERROR,
  constants.NGHTTP2_COMPRESSION_ERROR,
  constants.NGHTTP2_ENHANCE_YOUR_CALM,
])

/** As the platform's library numbers what a callee may do wrong, where it ends the connection for that and not the stream. */
const libraryFaults: ReadonlySet<unknown> = new Set([-505, -506, -522, -523, -524, -531, -532, -536])

function isFault(cause: Error): boolean {
  const { code, errno } = cause as NodeJS.ErrnoException
  return code === 'ERR_HTTP2_ERROR' && libraryFaults.has(errno)
}

const names: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]

function nameOf(code: number): string {
  return names[code] ?? `error code ${code}`
}
