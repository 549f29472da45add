import { RequestError } from '../failure/request-error.js'

/**
 * The signal of a caller, as one of the platform's. Those of other makes, such as polyfills and older libraries bring,
 * are followed: they have no reason, and listeners of theirs take functions only.
 *
 * @throws {RequestError} for what is no signal
 */
export function callersSignal(signal: unknown): AbortSignal {
  if (signal instanceof AbortSignal) return signal
  if (!isSignal(signal)) {
    throw new RequestError('cannot fetch: signal must be an AbortSignal, got something else')
  }
  const known = followed.get(signal)
  if (known !== undefined) return known
  const controller = new AbortController()
  const follow = (): void => controller.abort(signal.reason)
  if (signal.aborted) follow()
  else signal.addEventListener('abort', follow, { once: true })
  followed.set(signal, controller.signal)
  return controller.signal
}

/** One listener for each of them, however many calls it serves. */
const followed = new WeakMap<OtherSignal, AbortSignal>()

interface OtherSignal {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void
}

function isSignal(value: unknown): value is OtherSignal {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener } = value as Partial<OtherSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}
