import type { Answer, CalleeEndpoint, CallerRequest, Driver, Setup, Subject } from '../driver.js'
import { Http1Caller } from '../wire/http1-caller.js'
import { Http2Caller } from '../wire/http2-caller.js'

/** Sends each request once, to the endpoints in turn, and knows of no policy: what it passes proves nothing of one. */
export const bareDriver: Driver = {
  name: 'bare',
  isControl: true,
  lacks: {
    routes: 'it has no routes',
    istio: 'it reads nothing',
    health: 'it asks nobody for health',
    needs: 'it stands between nobody',
    'answers.flag': 'it is no proxy',
  },
  differs: {},
  start: async (setup) => new BareSubject(setup),
}

export class BareSubject implements Subject {
  readonly #caller: Http1Caller | Http2Caller
  readonly #underWay: Set<Promise<Answer>> = new Set()
  #endpoints: readonly CalleeEndpoint[]
  #next: number = 0
  #closed: boolean = false

  constructor({ endpoints, protocol, authority }: Setup) {
    this.#endpoints = endpoints
    this.#caller = protocol === 'h2' ? new Http2Caller(authority) : new Http1Caller()
  }

  async send(request: CallerRequest): Promise<Answer> {
    if (this.#closed)
      return { outcome: 'closed', headers: {}, body: '', cut: undefined, detail: 'it is closed' }
    const { origin } = this.#endpoints[this.#next++ % this.#endpoints.length]!
    const answer = this.#caller.send(origin, request)
    this.#underWay.add(answer)
    return await answer.finally(() => this.#underWay.delete(answer))
  }

  async moveTo(endpoints: readonly CalleeEndpoint[]): Promise<void> {
    this.#endpoints = endpoints
  }

  async reload(): Promise<void> {}

  async drain(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#underWay)
  }

  async stop(): Promise<void> {
    this.#caller.close()
  }
}
