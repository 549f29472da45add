import type { RequestHead } from '../http1/index.js'
import { proxyHeaderNames } from './proxy-headers.js'

const contentType = proxyHeaderNames.id('content-type')

/** What a status of HTTP is to a caller that speaks gRPC; UNKNOWN where nothing is said. Envoy answers the same. */
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
}
const UNKNOWN = 2

/** Whether the caller speaks gRPC, which looks for what went wrong in headers of its own. */
export function speaksGrpc({ headers }: RequestHead): boolean {
  return headers.valueOf(contentType)?.startsWith('application/grpc') === true
}

/** The lines of an answer of ours to such a caller: all of it stands in its head. */
export function grpcAnswer(status: number, message: string): string {
  const text = message.replaceAll(/[^\x20-\x24\x26-\x7e]/g, encodeURIComponent)
  return `content-type: application/grpc\r\ngrpc-status: ${GRPC_STATUS[status] ?? UNKNOWN}\r\ngrpc-message: ${text}\r\n`
}
