import type { Fault } from '@watertight/traffic'
import type { HeaderBlock, ResponseHead } from '../http1/index.js'
import type { UpstreamAttempt } from '../upstream/upstream-attempt.js'
import type { RequestBody } from './request-body.js'
import type { ResponseFlag } from './response-flags.js'

/** Bytes of a body that are taken in before an attempt can send them. */
export const AHEAD_BYTES_MAX = 65_536

/** What is forwarded, and who hears what became of it. */
export interface CallOwner {
  readonly body: RequestBody
  informed(head: ResponseHead): void
  /** The policies have decided for the answer of this attempt, whose head is true until this returns. */
  answered(attempt: UpstreamAttempt, head: ResponseHead): void
  /** The policies have decided that there is no answer. */
  refused(error: unknown): void
  data(bytes: Buffer, start: number, end: number): void
  ended(trailers: HeaderBlock | undefined): void
  /** The answer has broken off. */
  broken(detail: string, flag: ResponseFlag): void
  readEnded(): void
  /** What would have been done to it, in observe mode. */
  observed(what: string): void
  /** An attempt meets a fault on purpose. */
  struck(fault: Fault): void
  /** Whether more of the body may come. */
  bodyFlows(flows: boolean): void
}
