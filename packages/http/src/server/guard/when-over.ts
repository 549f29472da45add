import type { ServerResponse } from 'node:http'
import type { Clock } from '../../runtime/clock.js'
import { isPromise } from './promise.js'

/** Work that has handed out a promise may hang for good. */
const PROMISED_MS_MAX = 60_000
/** Of other work only its answer tells that it is over, and much of it never answers a caller who has left. */
const UNPROMISED_MS_MAX = 5_000

/**
 * Calls back once, when the work for a caller who has left is over: its promise has settled, or its answer is ended all
 * the same, which frameworks that hand out no promise do too. At once where the caller left in the middle of the
 * answer, for then the work was to send it; and after a while in any case.
 */
export function whenOver(work: unknown, response: ServerResponse, clock: Clock, callback: () => void): void {
  const isPromised = isPromise(work)
  if (response.writableEnded || (response.headersSent && !isPromised)) {
    callback()
    return
  }
  let isOver = false
  const settle = (): void => {
    if (isOver) return
    isOver = true
    timer.cancel()
    callback()
  }
  const timer = clock.setTimer(isPromised ? PROMISED_MS_MAX : UNPROMISED_MS_MAX, settle)
  if (isPromised) work.then(settle, settle)
  const end = response.end.bind(response)
  response.end = ((...given: Parameters<typeof end>) => {
    settle()
    return end(...given)
  }) as typeof response.end
}
