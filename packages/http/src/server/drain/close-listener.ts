import type { Clock } from '../../runtime/clock.js'
import type { ServerGuard } from '../guard/server-guard.js'
import type { DrainedServer, ServerConnections } from './server-connections.js'

/** How often the connections are looked at, in milliseconds. */
const LOOK_EVERY_MS = 50
/** A connection on which nothing is in flight for so long is one that was opened and never used. */
const QUIET_MS = 1_000

/**
 * Closes the listener, has streams end, waits for the requests in flight, and answers how many were cut off at `drainMs`. Work whose
 * caller has left is waited for too: it may be half way through a store that is about to close.
 */
export async function closeListener(
  server: Pick<DrainedServer, 'close'>,
  connections: ServerConnections,
  guard: ServerGuard,
  drainMs: number,
  clock: Clock,
): Promise<number> {
  const listener = { isClosed: false }
  server.close(() => {
    listener.isClosed = true
  })
  guard.endStreams()
  const endsAt = clock.now() + drainMs
  let busyAt = clock.now()
  const busy = (): number => guard.inFlight + guard.abandoned
  while ((!listener.isClosed || busy() > 0) && clock.now() < endsAt) {
    await new Promise<void>((resolve) => clock.setTimer(LOOK_EVERY_MS, resolve, true))
    // Connections that were kept alive by an answer sent just before the drain began.
    connections.closeIdle()
    // Also those that have begun since, on a connection that was open.
    guard.endStreams()
    if (busy() > 0) busyAt = clock.now()
    else if (clock.now() - busyAt >= QUIET_MS) break
  }
  const cut = busy()
  connections.cut()
  return cut
}
