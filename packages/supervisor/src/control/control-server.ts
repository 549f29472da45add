import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunEvent } from '../system/run-event.js'
import type { Run } from '../system/run.js'
import { RecentEvents } from './recent-events.js'
import { signalPrograms } from './signal-programs.js'

const LINES_MAX = 1_000
/** What a reader of logs may be behind before it is let go. */
const BEHIND_BYTES_MAX = 4 * 1024 * 1024

/**
 * Where other commands on this machine reach a run: loopback, and only for who can read the run's folder.
 *
 * `GET /status`, `GET /logs?program=order&lines=100&follow=1`, `POST /restart?name=order`,
 * `POST /scale?service=order&replicas=2`, `POST /stop`, `GET /events?after=7`,
 * `POST /signal?name=order&signal=SIGKILL`, and `GET /stores` for the URLs of those that the run serves.
 */
export class ControlServer {
  readonly #server: Server
  readonly #token: string = randomBytes(24).toString('hex')
  readonly #events = new RecentEvents()
  readonly #followers = new Set<(event: RunEvent) => void>()
  #run: Run | undefined
  #onStop: () => void = () => {}

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response)
    })
  }

  /** Hears everything, for those that follow the logs and those that ask what happened. */
  tell(event: RunEvent): void {
    this.#events.add(event)
    for (const follower of this.#followers) follower(event)
  }

  /** Opens it, and writes into the run's folder where it is. `onStop` is called when somebody asks the run to stop. */
  async open(run: Run, onStop: () => void): Promise<void> {
    this.#run = run
    this.#onStop = onStop
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const { port } = this.#server.address() as AddressInfo
    await run.folder.tellPlace({ pid: process.pid, port, token: this.#token })
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume()
    if (!this.#isAllowed(request)) return answer(response, 401, { error: 'the token is wrong' })
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://run')
    try {
      await this.#do(`${request.method} ${pathname}`, searchParams, response)
    } catch (error) {
      const { message, known, code } = error as { message: string; known?: readonly string[]; code?: string }
      answer(response, 422, { error: message, code: code ?? null, known: known ?? [] })
    }
  }

  async #do(what: string, words: URLSearchParams, response: ServerResponse): Promise<void> {
    const run = this.#run as Run
    switch (what) {
      case 'GET /status':
        return answer(response, 200, { gateway: run.gatewayUrl ?? null, programs: run.status() })
      case 'GET /events':
        return answer(response, 200, { events: this.#events.after(Number(words.get('after') ?? 0)) })
      case 'GET /stores':
        return answer(response, 200, Object.fromEntries(run.stores))
      case 'GET /logs':
        return this.#logs(run, words, response)
      case 'POST /restart':
        await run.restart(words.get('name') ?? '')
        return answer(response, 200, { programs: run.status() })
      case 'POST /scale':
        await run.scale(words.get('service') ?? '', Number(words.get('replicas')))
        return answer(response, 200, { programs: run.status() })
      case 'POST /signal':
        signalPrograms(run.status(), words.get('name') ?? '', words.get('signal') ?? '')
        return answer(response, 200, { programs: run.status() })
      case 'POST /stop':
        answer(response, 202, {})
        return this.#onStop()
      default:
        return answer(response, 404, { error: `there is no ${what}` })
    }
  }

  #logs(run: Run, words: URLSearchParams, response: ServerResponse): void {
    const program = words.get('program')
    const count = Math.min(LINES_MAX, Number(words.get('lines') ?? 100))
    const names = program === null ? run.status().map(({ name }) => name) : [program]
    const lines = names.flatMap((name) => run.lines(name, count).map((line) => ({ program: name, line })))
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    for (const line of lines) response.write(`${JSON.stringify(line)}\n`)
    if (words.get('follow') !== '1') return void response.end()
    const follower = (event: RunEvent) => {
      if (event.kind !== 'log' || (program !== null && event.program !== program)) return
      if (response.writableLength > BEHIND_BYTES_MAX) return void response.destroy()
      response.write(`${JSON.stringify({ program: event.program, line: event.line })}\n`)
    }
    this.#followers.add(follower)
    response.on('close', () => this.#followers.delete(follower))
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(String(headers.authorization))
    const wanted = Buffer.from(`Bearer ${this.#token}`)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
