import { Writable } from 'node:stream'

/** A line of the access log, as far as drivers look at it. */
export interface AccessLine {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly flags: string
  readonly detail?: string
}

/** The access log of a proxy in this process. */
export class AccessLines {
  readonly stream: Writable
  readonly #lines: AccessLine[] = []

  constructor() {
    this.stream = new Writable({
      decodeStrings: false,
      write: (text: string, _encoding, done) => {
        const lines = text.split('\n').filter((line) => line !== '')
        this.#lines.push(...lines.map((line) => JSON.parse(line) as AccessLine))
        done()
      },
    })
  }

  /**
   * The oldest line of such a request that has not been asked for yet. Requests that are alike may get each other's
   * lines, so that those of all of them together are true.
   */
  take(method: string, path: string, status: number): AccessLine | undefined {
    const index = this.#lines.findIndex(
      (line) => line.method === method && line.path === path && line.status === status,
    )
    return index < 0 ? undefined : this.#lines.splice(index, 1)[0]
  }
}
