import { AsyncLocalStorage } from 'node:async_hooks'
import { classifyFailure } from '../failure/classify-failure.js'
import type { Transport, TransportListener, TransportRequest } from './transport.js'
import { type AbortableConnection, UnpooledConnections } from './unpooled-connections.js'

/**
 * Carries requests by whatever `globalThis.fetch` is when they are sent, so that what a test has put in its place answers
 * them: msw, nock, a stub of the test's own. The policies of the client stay on.
 *
 * @example
 * const platformFetch = globalThis.fetch
 * globalThis.fetch = async () => Response.json({ paid: true })
 * const send = createFetch({ endpoints: 'http://payment.test', transport: fetchTransport() })
 * console.log(await (await send('/charges/c-1')).json()) // { paid: true }
 * globalThis.fetch = platformFetch
 */
export function fetchTransport(): Transport {
  return { open: (origin, namedOrigin) => new FetchedConnections(origin, namedOrigin) }
}

/** The running code is a `fetch` that this transport has called, or what that leads to. */
export function isCarriedByFetch(): boolean {
  return carried.getStore() === true
}

const carried = new AsyncLocalStorage<true>()

class FetchedConnections extends UnpooledConnections<FetchedConnection> {
  readonly origin: string
  readonly namedOrigin: string

  constructor(origin: string, namedOrigin: string) {
    super()
    this.origin = origin
    this.namedOrigin = namedOrigin
  }

  protected override create(): FetchedConnection {
    return new FetchedConnection(this)
  }
}

class FetchedConnection implements AbortableConnection {
  readonly #connections: FetchedConnections
  readonly #abort: AbortController = new AbortController()
  #resume: (() => void) | undefined = undefined

  constructor(connections: FetchedConnections) {
    this.#connections = connections
  }

  dispatch(request: TransportRequest, listener: TransportListener): void {
    try {
      listener.onConnect((reason) => this.abort(reason ?? new Error('aborted')))
    } catch {
      // Nobody waits for it any more.
      return
    }
    void this.#exchange(request, listener).catch((error: unknown) => listener.onError(this.#asOurs(error)))
  }

  release(): void {
    this.#connections.ended(this)
  }

  discard(reason: Error): void {
    this.#connections.ended(this)
    this.abort(reason)
  }

  abort(reason: Error): void {
    this.#abort.abort(reason)
    this.#resume?.()
  }

  async #exchange(
    { method, path, headers, body }: TransportRequest,
    listener: TransportListener,
  ): Promise<void> {
    const init = {
      method,
      headers: pairs(headers),
      body:
        body === null ? null : typeof body === 'string' || body instanceof Uint8Array ? body : stream(body),
      duplex: 'half',
      redirect: 'manual',
      signal: this.#abort.signal,
    } as RequestInit
    const url = this.#connections.namedOrigin + path
    const response = await carried.run(true, () => globalThis.fetch(url, init))
    listener.onRequestSent()
    const head = rawHeaders(response.headers)
    await this.#taken(listener.onHeaders(response.status, head, () => this.#resume?.(), response.statusText))
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      await this.#taken(listener.onData(Buffer.from(chunk)))
    }
    listener.onComplete()
  }

  /** Waits until more is wanted. */
  async #taken(wantsMore: boolean): Promise<void> {
    if (!wantsMore) await new Promise<void>((resolve) => (this.#resume = resolve))
    this.#abort.signal.throwIfAborted()
  }

  /** What `fetch` fails with has the system's error as its cause, which tells whether anything was sent. */
  #asOurs(error: unknown): Error {
    const { cause } = error as { cause?: unknown }
    const system = cause instanceof Error ? cause : (error as Error)
    const wasSent = !neverSent.has(String((system as { code?: unknown }).code))
    return classifyFailure(system, this.#connections.origin, wasSent)
  }
}

const neverSent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])

/** The body is decoded by now, and no longer as long as it was announced. */
const gone: ReadonlySet<string> = new Set(['content-encoding', 'content-length'])

function rawHeaders(headers: Headers): string[] {
  return [...headers].flatMap(([name, value]) => (gone.has(name) ? [] : [name, value]))
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]!]] : []))
}

function stream(body: AsyncIterable<Uint8Array | string>): ReadableStream<Uint8Array> {
  return ReadableStream.from(bytes(body))
}

async function* bytes(body: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) yield Buffer.from(chunk as Uint8Array)
}
