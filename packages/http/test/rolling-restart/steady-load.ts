import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const PROBE_EVERY_MS = 50
const CALLERS = 8

/** Callers on keep-alive connections, who send to whatever replica was ready when it was last probed. */
export class SteadyLoad {
  readonly #urls: readonly string[]
  readonly #ready: Set<string> = new Set()
  readonly #agent: Agent = new Agent({ keepAlive: true })
  readonly #probes: Agent = new Agent({ keepAlive: false })
  /** Answers by the process that gave them. */
  readonly answers: Map<string, number> = new Map()
  readonly failures: string[] = []
  #isOver: boolean = false
  #turn: number = 0

  constructor(urls: readonly string[]) {
    this.#urls = urls
  }

  /** Sends until `end` is called. */
  async run(): Promise<void> {
    await Promise.all([
      ...this.#urls.map((url) => this.#probe(url)),
      ...Array.from({ length: CALLERS }, () => this.#call()),
    ])
    this.#agent.destroy()
  }

  end(): void {
    this.#isOver = true
  }

  async #probe(url: string): Promise<void> {
    while (!this.#isOver) {
      const isReady = await answerOf(`${url}/readyz`, this.#probes).then(
        ({ status }) => status === 200,
        () => false,
      )
      if (isReady) this.#ready.add(url)
      else this.#ready.delete(url)
      await sleep(PROBE_EVERY_MS)
    }
  }

  async #call(): Promise<void> {
    while (!this.#isOver) {
      const ready = [...this.#ready]
      const url = ready[this.#turn++ % ready.length]
      if (url === undefined) {
        await sleep(5)
        continue
      }
      await answerOf(`${url}/work`, this.#agent).then(
        ({ status, body }) => {
          if (status === 200) this.answers.set(body, (this.answers.get(body) ?? 0) + 1)
          else this.failures.push(`${status} ${body}`)
        },
        (error: unknown) => this.failures.push(String(error)),
      )
    }
  }
}

async function answerOf(url: string, agent: Agent): Promise<{ status: number; body: string }> {
  const [message] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
  let body = ''
  for await (const chunk of message as AsyncIterable<Buffer>) body += chunk.toString()
  return { status: message.statusCode ?? 0, body }
}
