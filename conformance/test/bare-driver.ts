import { Agent, type IncomingMessage, request as startRequest } from 'node:http'
import { Readable } from 'node:stream'
import type { Answer, CalleeEndpoint, CallerRequest, Driver, Subject } from '../src/drivers/driver.js'

/** Sends each request once, to the endpoints in turn, and knows of no policy: what it passes proves nothing of one. */
export const bareDriver: Driver = {
  name: 'bare',
  lacks: {
    'protocol.h2': 'it speaks HTTP/1.1',
    routes: 'it has no routes',
    needs: 'it stands between nobody',
  },
  differs: {},
  start: async ({ endpoints }) => new BareSubject(endpoints),
}

export class BareSubject implements Subject {
  readonly #agent: Agent = new Agent({ keepAlive: true })
  readonly #underWay: Set<Promise<Answer>> = new Set()
  #endpoints: readonly CalleeEndpoint[]
  #next: number = 0
  #closed: boolean = false

  constructor(endpoints: readonly CalleeEndpoint[]) {
    this.#endpoints = endpoints
  }

  async send(request: CallerRequest): Promise<Answer> {
    if (this.#closed) return failure('closed', 'it is closed')
    const { origin } = this.#endpoints[this.#next++ % this.#endpoints.length]!
    const answer = this.#exchange(origin, request)
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
    this.#agent.destroy()
  }

  #exchange(origin: string, { method, path, headers, body, signal }: CallerRequest): Promise<Answer> {
    return new Promise((resolve) => {
      const options = { method, headers, agent: this.#agent, ...(signal && { signal }) }
      let isAnswered = false
      const outgoing = startRequest(origin + path, options, (incoming) => {
        isAnswered = true
        void readAnswer(incoming).then(resolve)
      })
      // A reset in the body of an answer is told to the request as well.
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        if (!isAnswered) resolve(failure(wordOf(error), error.message))
      })
      if (body === undefined || typeof body === 'string') outgoing.end(body)
      else
        Readable.from(body)
          .on('error', () => outgoing.destroy())
          .pipe(outgoing)
    })
  }
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  )
  const head = { outcome: incoming.statusCode!, headers, detail: '' }
  let body = ''
  try {
    for await (const bytes of incoming) body += (bytes as Buffer).toString()
    return { ...head, body, cut: undefined }
  } catch (error) {
    return { ...head, body, cut: wordOf(error as NodeJS.ErrnoException) }
  }
}

function failure(outcome: Answer['outcome'], detail: string): Answer {
  return { outcome, headers: {}, body: '', cut: undefined, detail }
}

function wordOf({ code = '', name }: NodeJS.ErrnoException): Exclude<Answer['outcome'], number> {
  if (name === 'AbortError') return 'aborted'
  if (code === 'ECONNREFUSED') return 'connect-failure'
  if (code.startsWith('HPE_')) return 'protocol-error'
  return code === 'ECONNRESET' ? 'reset' : 'unknown'
}
