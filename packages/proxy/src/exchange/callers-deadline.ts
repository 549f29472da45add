import { DEADLINE_HEADER, readDeadline, readGrpcTimeout } from '@watertight/traffic'
import type { Caller } from './caller.js'
import { proxyHeaderNames } from './proxy-headers.js'
import type { Steering } from './steering.js'

const grpcTimeout = proxyHeaderNames.id('grpc-timeout')
const deadlineHeader = proxyHeaderNames.id(DEADLINE_HEADER)

/**
 * When a caller stops waiting, in monotonic milliseconds, `Infinity` if it has not said: gRPC says so of its own accord,
 * other headers are believed of trusted callers.
 */
export function callersDeadline(
  { request: { headers }, isTrusted }: Caller,
  steering: Steering | undefined,
  startedAt: number,
): number {
  const deadline = readGrpcTimeout(headers.valueOf(grpcTimeout), startedAt)
  if (!isTrusted) return deadline
  return Math.min(
    deadline,
    readDeadline(headers.valueOf(deadlineHeader), startedAt),
    startedAt + (steering?.timeoutMs ?? Infinity),
  )
}
