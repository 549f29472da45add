import { connect, type Socket } from 'node:net'
import type { SecureConnector } from '../tls/upstream-tls.js'
import { sharedReadBuffer } from '../sockets/shared-read-buffer.js'

/** Where a connection goes to. */
export interface ConnectionTarget {
  readonly host: string
  readonly port: number
  /** Undefined for plain text. */
  readonly secure: SecureConnector | undefined
}

/** Whoever reads from a socket. */
export interface SocketReader {
  /** It is open, its handshake included. */
  opened(): void
  /** Bytes have come, perhaps into a buffer that all sockets share: true until this returns. Answers whether to go on. */
  read(bytes: Buffer, length: number): boolean
}

/** Opens a socket to an endpoint. */
export function openSocket({ host, port, secure }: ConnectionTarget, reader: SocketReader): Socket {
  const callback = (length: number): boolean => reader.read(sharedReadBuffer, length)
  const onread = { buffer: sharedReadBuffer, callback }
  if (secure !== undefined) return secure.connect(onread).on('secureConnect', () => reader.opened())
  return connect({ host, port, noDelay: true, onread }).on('connect', () => reader.opened())
}
