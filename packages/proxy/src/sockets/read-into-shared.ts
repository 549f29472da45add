import { Socket } from 'node:net'
import { sharedReadBuffer } from './shared-read-buffer.js'

/** The handle of the platform that a socket is made around: what the platform itself hands from socket to socket. */
interface SocketHandle {
  useUserBuffer?: (buffer: Uint8Array) => void
}

/** What the platform's `Socket` can be made from beside what it documents. */
interface HandleOptions {
  readonly handle: SocketHandle
  readonly allowHalfOpen: boolean
  readonly onread: { readonly buffer: Uint8Array; readonly callback: (length: number) => boolean }
}

/** Where the platform keeps it. */
const HANDLE = '_handle'

const SocketOf = Socket as unknown as new (options: HandleOptions) => Socket

/**
 * The same connection, of which every read goes into one buffer that all share. `data` tells that buffer, and how many of
 * its first bytes have come; they are another's once it returns. By itself a server's socket sets 64 KB aside for each read
 * and goes through a stream, which is a tenth of all that a small request costs.
 *
 * `accepted` must come from a server that pauses on connect: nothing has been read from it yet. The platform lets only
 * those choose their buffer who connect; where it has no such handle, the socket is read as it would be otherwise.
 */
export function readIntoShared(accepted: Socket): Socket {
  const owned = accepted as unknown as { [HANDLE]?: SocketHandle | null }
  const handle = owned[HANDLE]
  if (typeof handle?.useUserBuffer !== 'function') return accepted.resume()
  owned[HANDLE] = null
  accepted.destroy()
  const callback = (length: number): boolean => {
    socket.emit('data', sharedReadBuffer, length)
    return true
  }
  const socket = new SocketOf({
    handle,
    allowHalfOpen: accepted.allowHalfOpen,
    onread: { buffer: sharedReadBuffer, callback },
  })
  return socket
}
