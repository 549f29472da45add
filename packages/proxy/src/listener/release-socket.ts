import type { Socket } from 'node:net'

/** Lets go of a socket that somebody else goes on with. */
export function releaseSocket(socket: Socket): void {
  // One by one: removing all at once would have the socket read on, past who comes next.
  for (const event of ['data', 'drain', 'end', 'error', 'close']) socket.removeAllListeners(event)
}
