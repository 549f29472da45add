import { randomUUID } from 'node:crypto'
import type { ResilientFetch } from '../../src/index.js'

const CALLERS = 8

/** Callers that use a client of this package, half of them to read and half to charge under a key. */
export class ClientLoad {
  readonly #send: ResilientFetch
  /** Answers by the process that gave them. */
  readonly answers: Map<string, number> = new Map()
  readonly failures: string[] = []
  #isOver: boolean = false

  constructor(send: ResilientFetch) {
    this.#send = send
  }

  /** Sends until `end` is called. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.#call(caller % 2 === 0)))
  }

  end(): void {
    this.#isOver = true
  }

  async #call(reads: boolean): Promise<void> {
    while (!this.#isOver) {
      const init = reads
        ? {}
        : { method: 'POST', body: '{"total":4200}', headers: { 'idempotency-key': randomUUID() } }
      try {
        const response = await this.#send('/work', init)
        const body = await response.text()
        if (response.status === 200) this.answers.set(body, (this.answers.get(body) ?? 0) + 1)
        else this.failures.push(`${init.method ?? 'GET'} ${response.status} ${body}`)
      } catch (error) {
        const { code, cause } = error as Error & { code?: string }
        this.failures.push(`${init.method ?? 'GET'} ${code} ${String(cause)}`)
      }
    }
  }
}
