import { randomUUID } from 'node:crypto'
import { CALL_HEADER, type RecordedRequest } from './recorded-request.js'
import type { RequestHead } from './request-reader.js'

/** So long a part of an answer may be on its way through whatever stands between, on a busy machine. */
const REACHES_WITHIN_MS = 5_000

/** What all endpoints of an upstream have seen. */
export class Recorder {
  /** Tells requests of this scenario from those of any other program that happens on a port of it. */
  readonly token: string = randomUUID()
  readonly requests: RecordedRequest[] = []
  /** Connections that were opened so far. */
  connections: number = 0
  epoch: number = 0
  readonly #attempts: Map<number, number> = new Map()
  readonly #reached: Set<number> = new Set()
  #underWay: number = 0
  #atOnce: number = 0
  #watchers: (() => void)[] = []

  /** Most requests under way at one time. */
  get atOnce(): number {
    return this.#atOnce
  }

  connected(): number {
    this.connections += 1
    return this.connections
  }

  /** Whether a caller of this scenario made the request, and no health check or other program. */
  knows({ headers }: RequestHead): boolean {
    return headers[CALL_HEADER]?.startsWith(this.token) === true
  }

  received(endpoint: string, connection: number, { method, path, headers }: RequestHead): RecordedRequest {
    const call = Number(headers[CALL_HEADER]?.slice(this.token.length + 1))
    const attempt = this.#attempts.get(call) ?? 0
    this.#attempts.set(call, attempt + 1)
    const request: RecordedRequest = {
      endpoint,
      call,
      attempt,
      method,
      path,
      headers,
      connection,
      at: performance.now(),
      epoch: this.epoch,
      body: '',
      endedAt: undefined,
      abandoned: false,
    }
    this.requests.push(request)
    this.#underWay += 1
    this.#atOnce = Math.max(this.#atOnce, this.#underWay)
    this.#changed()
    return request
  }

  /** The answer is complete, or what came in its place has happened. */
  ended(request: RecordedRequest, abandoned: boolean): void {
    if (request.endedAt !== undefined) return
    request.endedAt = performance.now()
    request.abandoned = abandoned
    this.#underWay -= 1
    this.#changed()
  }

  /** A part of the body with which this call is answered has come to its caller. */
  reachedCaller(call: number): void {
    if (this.#reached.has(call)) return
    this.#reached.add(call)
    this.#changed()
  }

  /** Settles when it has, or will not: the answer was thrown away, or its request given up. */
  async untilReached({ call }: RecordedRequest): Promise<void> {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.#changed()
    }, REACHES_WITHIN_MS)
    await this.when(() => isLate || this.#reached.has(call))
    clearTimeout(timer)
  }

  countAt(endpoint: string): number {
    return this.requests.filter((request) => request.endpoint === endpoint).length
  }

  /** Settles as soon as a condition holds; looks again whenever something happens. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#watchers.push(resolve)
      })
    }
  }

  #changed(): void {
    const watchers = this.#watchers
    this.#watchers = []
    for (const watcher of watchers) watcher()
  }
}
