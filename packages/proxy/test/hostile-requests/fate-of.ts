import { connect } from 'node:net'

/** What became of bytes that were sent to a server. */
export interface Fate {
  /** The status of each answer, in order. */
  readonly statuses: readonly number[]
  /** Whether the server closed the connection, within the time that was given. */
  readonly closed: boolean
}

/** Not only at the start of a line: an answer follows the body of the one before. */
const STATUS_LINE = /HTTP\/1\.[01] ([1-5]\d\d)/g

/**
 * Sends bytes to a server and reads what comes back until it closes the connection, or until `answers` final statuses
 * have come, or for `patienceMs`: some servers wait for more where others refuse.
 */
export async function fateOf(
  port: number,
  bytes: string,
  { answers = Infinity, patienceMs }: { readonly answers?: number; readonly patienceMs: number },
): Promise<Fate> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  let text = ''
  let closed = false
  await new Promise<void>((resolve) => {
    const impatient = setTimeout(resolve, patienceMs)
    const over = (): void => {
      clearTimeout(impatient)
      resolve()
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
      if (finalStatuses(text).length >= answers) over()
    })
    // A reset closes as well as an end does.
    for (const event of ['end', 'error', 'close']) {
      socket.on(event, () => {
        closed = true
        over()
      })
    }
    socket.write(Buffer.from(bytes, 'latin1'))
  })
  socket.destroy()
  return { statuses: finalStatuses(text), closed }
}

function finalStatuses(text: string): readonly number[] {
  return [...text.matchAll(STATUS_LINE)].map((match) => Number(match[1])).filter((status) => status >= 200)
}
