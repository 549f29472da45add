/** As much of a socket of `node:net` or `node:tls` as it takes to end it. */
export interface ResettableSocket {
  readonly writableEnded: boolean
  readonly writableFinished: boolean
  /** Of TLS alone. */
  readonly encrypted?: boolean
  resetAndDestroy(): unknown
  destroy(): unknown
}

/**
 * Breaks a connection off so that the other side cannot take what it has for whole: by a reset of TCP where the platform
 * can send one, and else by closing it now.
 *
 * It cannot for TLS, where it throws; what breaks off there lacks the end that TLS itself has. And it cannot while the end
 * of what was written is on its way, where it takes the refusal of the system for done: such a socket stays open for ever
 * without a `close`, and a process that ends by itself spins when it clears up.
 */
export function resetConnection(socket: ResettableSocket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished
  if (socket.encrypted === true || isEnding) socket.destroy()
  else socket.resetAndDestroy()
}
