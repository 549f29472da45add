/** Whoever ends when a signal is aborted. */
export interface AbortListener {
  handleEvent(): void
}

/**
 * All that wait on one signal, as one listener of it: many calls at once may share the signal of one request, and the
 * platform takes the eleventh listener for a leak and warns of it.
 */
class AbortListeners extends Set<AbortListener> {
  handleEvent(): void {
    // Whoever ends leaves, and may take others along, who are then passed over.
    for (const listener of this) listener.handleEvent()
  }
}

const known = new WeakMap<AbortSignal, AbortListeners>()

export function addAbortListener(signal: AbortSignal, listener: AbortListener): void {
  let listeners = known.get(signal)
  if (listeners === undefined) known.set(signal, (listeners = new AbortListeners()))
  if (listeners.size === 0) signal.addEventListener('abort', listeners)
  listeners.add(listener)
}

export function removeAbortListener(signal: AbortSignal, listener: AbortListener): void {
  const listeners = known.get(signal)
  if (listeners?.delete(listener) === true && listeners.size === 0)
    signal.removeEventListener('abort', listeners)
}
