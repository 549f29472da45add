import type { Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'

/** What the platform's stream is told of a write that the system did not take at once. */
interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void
}

/** The handle under a socket. A write answers 0, or the number of an error when nothing of it was written. */
interface WritingHandle {
  writeLatin1String(request: WriteRequest | null, text: string): number
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize: number
}

interface HandledSocket {
  /** Where the platform keeps it; TLS has one of another kind. */
  readonly _handle: WritingHandle | null
  readonly encrypted?: boolean
}

/** Told once the system has taken the whole of a write that it did not take at once. */
export type WriteTaken = () => void

/** Of which kind requests are: the platform makes them, and shows the first that it makes for a write of ours. */
let RequestOf: (new () => WriteRequest) | undefined
/** The platform makes none of the kind that is known, as in Node 26, whose own way is shorter. */
let isOrdinary: boolean = false
/** Never used by a write that the system takes at once, as nearly all are. */
let spare: WriteRequest | undefined

/**
 * Writes text, of one character a byte, without the layers of the platform's streams over its handle: they make a request
 * and queue for a write that is nearly always over before it returns, which is a tenth of all that a small request costs.
 * Answers the bytes that the system has not taken yet; -1 where it has to be written in the ordinary way, since something
 * is still to be written before it, or it failed, or the platform has no such handle.
 */
export function directWrite(socket: Socket, text: string, taken: WriteTaken): number {
  if (
    isOrdinary ||
    socket.connecting ||
    socket.writableLength > 0 ||
    socket.writableCorked > 0 ||
    socket.writableEnded
  )
    return -1
  const { _handle: handle, encrypted } = socket as unknown as HandledSocket
  if (handle === null || encrypted === true || typeof handle.writeLatin1String !== 'function') return -1
  if (RequestOf === undefined) {
    learnFrom(handle)
    return -1
  }
  const request = (spare ??= new RequestOf())
  // Nothing has been written then: in the ordinary way it fails again, and all who listen hear of it.
  if (handle.writeLatin1String(request, text) !== 0) return -1
  const left = handle.writeQueueSize
  if (left === 0) return 0
  spare = undefined
  request.oncomplete = (status) => {
    if (status === 0) taken()
    else socket.destroy(writeFailure(status))
  }
  return left
}

/** The next write of this handle, in the ordinary way, shows of which kind requests are. */
function learnFrom(handle: WritingHandle): void {
  const write = handle.writeLatin1String.bind(handle)
  handle.writeLatin1String = (request, text) => {
    delete (handle as Partial<WritingHandle>).writeLatin1String
    // Of nothing else may it be made: the platform ends the process for one that is not its own.
    if (request?.constructor?.name === 'WriteWrap') RequestOf = request.constructor as new () => WriteRequest
    else isOrdinary = true
    return write(request, text)
  }
}

function writeFailure(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status)
  return Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: 'write' })
}
