import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'

/** A request of the fetch standard in the form that the guard knows, where no server of Node's is below it. */
export interface FetchExchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  /** The answer is made: for the guard, the request is over. */
  readonly answered: (answer: Response) => void
}

/**
 * Stands a `Request` in for a message of `node:http`, as test runners and other platforms hand it to an application. Its
 * body is not passed through here. When its signal aborts, the caller has left.
 *
 * @param ended hears of an end that is not the application's: of a fault on purpose
 */
export function fetchExchange(request: Request, ended: (status: number) => void): FetchExchange {
  const message = new IncomingMessage(new Socket())
  const { pathname, search } = new URL(request.url)
  message.method = request.method
  message.url = pathname + search
  message.httpVersion = '1.1'
  message.headers = Object.fromEntries(request.headers)
  const response = new ServerResponse(message)
  response.assignSocket(sinkOf(response))
  const leave = (): void => void response.destroy()
  response.once('close', () => {
    request.signal.removeEventListener('abort', leave)
    ended(response.statusCode)
  })
  // A server of Node's does so; an answer that is destroyed closes by itself.
  response.once('finish', () => response.emit('close'))
  if (request.signal.aborted) leave()
  else request.signal.addEventListener('abort', leave)
  const answered = ({ status, headers }: Response): void => {
    if (!response.headersSent) response.writeHead(status, Object.fromEntries(headers))
    response.end()
  }
  return { message, response, answered }
}

/** Takes what the guard writes, which goes nowhere. */
function sinkOf(response: ServerResponse): Socket {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
  return Object.assign(sink, { resetAndDestroy: () => response.destroy() }) as unknown as Socket
}
