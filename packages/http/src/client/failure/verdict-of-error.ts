import { RefusalError, TimeoutError } from '@watertight/policy'
import { aborted, refused, timedOut, unsendable, type Verdict, type Verdicts } from '@watertight/traffic'
import { ClosedError, RequestError } from './request-error.js'
import { TransportError, UnaskedContinueError } from './transport-error.js'

/** What an error says of the callee. One that is none of ours is the caller's: the reason of his signal, or his own fault. */
export function verdictOfError(error: unknown, verdicts: Verdicts): Verdict {
  if (error instanceof UnaskedContinueError) {
    return { ...verdicts.ofFailure(error.failureClass), repeatable: false }
  }
  if (error instanceof TransportError) return verdicts.ofFailure(error.failureClass)
  if (error instanceof TimeoutError) return timedOut
  if (error instanceof RefusalError) return refused
  if (error instanceof RequestError || error instanceof ClosedError) return unsendable
  return aborted
}
