import { EXIT_INTERRUPTED } from './exit.js'

/** npm passes a Ctrl-C on that the terminal has sent to everybody already: two signals, one wish. */
const SAME_WISH_MS = 500

export interface StopRequest {
  readonly signal: AbortSignal
  /** Somebody asks in another way, such as `watertight stop`. */
  readonly ask: () => void
}

/**
 * Aborts on the first Ctrl-C (or SIGTERM, SIGHUP, a closed output). A second Ctrl-C ends the process at once, and
 * the services with it, which notice by themselves.
 */
export function stopRequest(): StopRequest {
  const request = new AbortController()
  let askedAtMs = -Infinity
  const ask = () => {
    const now = performance.now()
    if (request.signal.aborted && now - askedAtMs >= SAME_WISH_MS) process.exit(EXIT_INTERRUPTED)
    if (!request.signal.aborted) askedAtMs = now
    request.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  // Nobody reads any more: `npm start | head`.
  process.stdout.on('error', () => request.abort())
  return { signal: request.signal, ask }
}
