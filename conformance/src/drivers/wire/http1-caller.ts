import { Agent, request as startRequest } from 'node:http'
import { Readable } from 'node:stream'
import type { Answer, CallerRequest } from '../driver.js'
import { answerFromWire, failureOnWire } from './answer-from-wire.js'

/** A caller of its own process, in HTTP/1.1 and without any policy: for drivers that are called over the wire. */
export class Http1Caller {
  readonly #agent: Agent = new Agent({ keepAlive: true })

  /** @param origin such as `http://127.0.0.1:7001` */
  send(origin: string, { method, path, headers, body, signal, onBody }: CallerRequest): Promise<Answer> {
    return new Promise((resolve) => {
      const options = { method, headers, agent: this.#agent, ...(signal && { signal }) }
      let isAnswered = false
      const outgoing = startRequest(origin + path, options, (incoming) => {
        isAnswered = true
        void answerFromWire(incoming.statusCode!, incoming.headers, incoming, onBody).then(resolve)
      })
      // A reset in the body of an answer is told to the request as well.
      outgoing.on('error', (error) => {
        if (!isAnswered) resolve(failureOnWire(error))
      })
      if (body === undefined || typeof body === 'string') outgoing.end(body)
      else
        Readable.from(body)
          .on('error', () => outgoing.destroy())
          .pipe(outgoing)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
