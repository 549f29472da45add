import type { Server } from 'node:http'
import type { ServerGuard } from '../../src/index.js'
import { currentRequest } from '../../src/scope/index.js'

/** What the routes of every service under test do, whatever the framework. */
export class Work {
  /** Requests of `/slow` that wait now. */
  readonly waiting: (() => void)[] = []
  /** What the signals of `/slow` were aborted with. */
  readonly aborts: unknown[] = []

  /** What a handler sees of its scope. */
  scope(): object {
    const request = currentRequest()
    if (request === undefined) return { missing: true }
    const { requestId, priority, traceparent, baggage } = request
    return { requestId, priority, traceparent, baggage, remainingMs: request.remainingMs() }
  }

  /** Waits until the test lets it go. */
  slow(): Promise<void> {
    currentRequest()?.signal.addEventListener('abort', (event) => {
      this.aborts.push((event.target as AbortSignal).reason)
    })
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** What a stream of events sends: a greeting, and a farewell once its signal aborts. */
  async *events(): AsyncGenerator<string> {
    const signal = currentRequest()?.signal
    yield 'data: hello\n\n'
    await new Promise<void>((resolve) => {
      if (signal?.aborted === true) resolve()
      else signal?.addEventListener('abort', () => resolve())
    })
    this.aborts.push(signal?.reason)
    yield 'data: farewell\n\n'
  }

  letGo(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}

/**
 * A service with the routes `GET /hello`, `GET /scope`, `POST /echo` (answers the body's length and the scope as it is
 * after reading), `GET /slow`, `GET /events`, `GET /items/:id` and `GET /throws`.
 */
export interface Service extends AsyncDisposable {
  readonly url: string
  readonly server: Server
}

export type StartService = (guard: ServerGuard, work: Work) => Promise<Service>

/** The service on a running server; disposing of it cuts every connection. */
export function serviceOf(server: Server, close?: () => Promise<void>): Service {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('the server does not listen')
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await (close?.() ?? new Promise<void>((resolve) => server.close(() => resolve())))
    },
  }
}
