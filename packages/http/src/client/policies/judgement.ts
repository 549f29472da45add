import { RefusalError } from '@watertight/policy'
import { RequestError } from '../failure/request-error.js'

/** An answer, as far as policies look at it. Every operation that they run comes to one. */
export interface Answer {
  readonly status: number
  /** The value of a header; `name` in lower case. */
  header(name: string): string | undefined
  /** Whether the conditions, the request and its body allow to send it again after this answer. */
  mayRepeat(): boolean
}

/** Whether an error speaks against the destination: a request that nobody could send does not. */
export function isFailure(error: unknown): boolean {
  return !(error instanceof RequestError)
}

/** Whether we refused it ourselves, before anything was sent. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RefusalError
}
