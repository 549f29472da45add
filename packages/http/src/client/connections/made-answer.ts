import { STATUS_CODES } from 'node:http'
import type { FaultEnd } from '@watertight/traffic'
import type { TransportListener } from './transport.js'

/** An answer that comes from no socket. */
export interface AnswerParts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Nothing is sent of it in answer to a HEAD. */
  readonly body: string
  /** How it ends other than whole. A status is one that `status` says already. */
  readonly end: FaultEnd | undefined
}

/** Delivers an answer to a listener as a connection does: part by part, waiting where it asks for that. */
export class MadeAnswer {
  readonly #listener: TransportListener
  readonly #steps: (() => boolean)[]
  #isOver: boolean = false

  constructor(listener: TransportListener, { status, headers, body, end }: AnswerParts, method: string) {
    this.#listener = listener
    if (end === 'hang') this.#steps = []
    else if (end === 'reset') this.#steps = [() => this.#reset()]
    else {
      const bytes = Buffer.from(body)
      const isHalf = end === 'cut' || end === 'stall'
      const sent = isHalf ? bytes.subarray(0, bytes.length >> 1) : bytes
      const head = rawHeaders({ 'content-length': String(bytes.length), ...headers })
      this.#steps = [
        () => listener.onHeaders(status, head, () => this.#goOn(), STATUS_CODES[status] ?? ''),
        ...(sent.length === 0 || method === 'HEAD' ? [] : [() => listener.onData(sent)]),
        ...(end === 'stall' ? [] : [end === 'cut' ? () => this.#reset() : () => this.#complete()]),
      ]
    }
  }

  deliver(): void {
    this.#goOn()
  }

  /** The listener wants no more. */
  abort(reason: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.onError(reason)
  }

  #goOn(): void {
    for (let step = this.#next(); step !== undefined; step = this.#next()) {
      if (!step()) return
    }
  }

  #next(): (() => boolean) | undefined {
    return this.#isOver ? undefined : this.#steps.shift()
  }

  #complete(): boolean {
    this.#isOver = true
    this.#listener.onComplete()
    return false
  }

  #reset(): boolean {
    this.#isOver = true
    this.#listener.onError(Object.assign(new Error('other side closed'), { code: 'ECONNRESET' }))
    return false
  }
}

function rawHeaders(headers: Readonly<Record<string, string>>): Buffer[] {
  return Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)])
}
