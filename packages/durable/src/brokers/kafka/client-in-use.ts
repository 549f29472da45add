import type { EventEmitter } from 'node:events'
import { withinDeadline } from '../../store/within-deadline.js'

/** What the clients of the library have in common. */
export interface LibraryClient extends EventEmitter {
  close(): Promise<void>
}

interface Connection extends EventEmitter {
  readonly socket: { destroy(): unknown }
}

/**
 * A client of the library, what is under way with it, and the connections that it has.
 *
 * It is closed when what is under way has ended, or has taken longer than the deadline. Its connections are cut before that:
 * the library goes on with an answer that comes to a closed client, finds nothing to go on with, and throws where nobody can
 * catch it. What waits for an answer is told by the cut that there will be none.
 */
export class ClientInUse<Client extends LibraryClient> {
  readonly #client: Client
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #connections = new Set<Connection>()
  #isCut = false

  constructor(client: Client) {
    this.#client = client
    client.on('client:broker:connect', ({ connection }: { readonly connection: Connection }) => {
      this.#connections.add(connection)
      connection.once('close', () => this.#connections.delete(connection))
      // The library listens for the first error of a connection only: a second one would end the process.
      connection.on('error', ignore)
      if (this.#isCut) connection.socket.destroy()
    })
  }

  run<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const running = work(this.#client)
    this.#underWay.add(running)
    const ended = (): boolean => this.#underWay.delete(running)
    running.then(ended, ended)
    return running
  }

  async end(deadlineMs: number): Promise<void> {
    const late = (): Error => new Error('late')
    await withinDeadline(Promise.allSettled(this.#underWay), deadlineMs, late).catch(ignore)
    this.#isCut = true
    for (const { socket } of this.#connections) socket.destroy()
    await withinDeadline(this.#client.close(), deadlineMs, late).catch(ignore)
  }
}

const ignore = (): void => {}
