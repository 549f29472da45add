/**
 * Lets go of a result that nobody will read: a web `Response` or stream holds its connection until its body is
 * read or cancelled.
 */
export function discard(value: unknown): void {
  const { body } = Object(value) as { body?: unknown }
  const stream = [body, value].find(isCancellable)
  // A locked or failed stream refuses, at once or later: whoever holds it is the one to end it.
  if (stream !== undefined) new Promise((resolve) => resolve(stream.cancel())).catch(ignore)
}

interface Cancellable {
  cancel(): unknown
}

/** Only streams have both; a domain object with a `cancel` method of its own (an order!) must not be touched. */
function isCancellable(value: unknown): value is Cancellable {
  const stream = value as { cancel?: unknown; getReader?: unknown } | null | undefined
  return typeof stream?.cancel === 'function' && typeof stream.getReader === 'function'
}

function ignore(): void {}
