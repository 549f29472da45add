import type { Fault, Faults } from '@watertight/traffic'
import { clock } from '../../runtime/clock.js'
import { MadeAnswer } from './made-answer.js'
import type { Connection, Connections, Transport, TransportListener, TransportRequest } from './transport.js'

/** Has requests fail on purpose on their way to the callee, or on the way back. */
export function faultyTransport(transport: Transport, faults: Faults): Transport {
  return { open: (origin, namedOrigin) => new FaultyConnections(transport.open(origin, namedOrigin), faults) }
}

class FaultyConnections implements Connections {
  readonly #connections: Connections
  readonly #faults: Faults

  constructor(connections: Connections, faults: Faults) {
    this.#connections = connections
    this.#faults = faults
  }

  get full(): boolean {
    return this.#connections.full
  }

  acquire(): Connection {
    return new FaultyConnection(this.#connections.acquire(), this.#faults)
  }

  close(): Promise<void> {
    return this.#connections.close()
  }

  destroy(): Promise<void> {
    return this.#connections.destroy()
  }
}

class FaultyConnection implements Connection {
  readonly #connection: Connection
  readonly #faults: Faults

  constructor(connection: Connection, faults: Faults) {
    this.#connection = connection
    this.#faults = faults
  }

  dispatch(request: TransportRequest, listener: TransportListener): void {
    const fault = this.#faults.strike(clock.now(), request)
    if (fault === undefined) this.#connection.dispatch(request, listener)
    else if (fault.when === 'after' && fault.end !== undefined) {
      this.#connection.dispatch(request, new LostAnswer(listener, fault, request))
    } else {
      after(fault.delayMs, () => {
        if (fault.end === undefined) this.#connection.dispatch(request, listener)
        else answerInPlace(listener, fault, request)
      })
    }
  }

  release(): void {
    this.#connection.release()
  }

  discard(reason: Error): void {
    this.#connection.discard(reason)
  }
}

/** The callee does the work, and what it answers is lost. */
class LostAnswer implements TransportListener {
  readonly #listener: TransportListener
  readonly #fault: Fault
  readonly #request: TransportRequest
  #isAborted: boolean = false

  constructor(listener: TransportListener, fault: Fault, request: TransportRequest) {
    this.#listener = listener
    this.#fault = fault
    this.#request = request
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#listener.onConnect((reason) => {
      this.#isAborted = true
      abort(reason)
    })
  }

  onRequestSent(): void {
    this.#listener.onRequestSent()
  }

  onHeaders(): boolean {
    return true
  }

  onData(): boolean {
    return true
  }

  onComplete(): void {
    after(this.#fault.delayMs, () => {
      if (!this.#isAborted) madeAnswer(this.#listener, this.#fault, this.#request).deliver()
    })
  }

  onError(error: Error): void {
    this.#listener.onError(error)
  }
}

/** Nothing is sent. */
function answerInPlace(listener: TransportListener, fault: Fault, request: TransportRequest): void {
  const answer = madeAnswer(listener, fault, request)
  try {
    listener.onConnect((reason) => answer.abort(reason ?? new Error('aborted')))
  } catch {
    // Nobody waits for it any more.
    return
  }
  listener.onRequestSent()
  answer.deliver()
}

function madeAnswer(listener: TransportListener, { end }: Fault, { method }: TransportRequest): MadeAnswer {
  const status = typeof end === 'number' ? end : 200
  return new MadeAnswer(listener, { status, headers: {}, body: '', end }, method)
}

function after(delayMs: number, callback: () => void): void {
  if (delayMs === 0) callback()
  else clock.setTimer(delayMs, callback)
}
