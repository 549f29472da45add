import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Silencer {
  /** The URL of the server, by way of the silencer. */
  readonly url: string
  /** How many connections clients have to it. */
  readonly connections: number
  /** While it is silent nothing gets through, in either direction; new connections are taken, and get no word. */
  isSilent: boolean
  /** Ends every connection, and takes new ones. */
  drop(): void
  close(): Promise<void>
}

/** A notice that says nothing, in the protocol of Postgres. */
const NOTICE = Buffer.from([0x4e, 0, 0, 0, 5, 0])

/** Who has said goodbye may still wait for an answer: a word to somebody who does not ends the connection. */
function closeOnceGone(socket: Socket): void {
  const asking = setInterval(() => socket.write(NOTICE), 10)
  socket.on('close', () => clearInterval(asking))
}

/** Stands between a client and its server, which falls silent as a machine does that has lost its network. */
export async function startSilencer(serverUrl: string): Promise<Silencer> {
  const target = new URL(serverUrl)
  const clients = new Set<Socket>()
  const url = new URL(serverUrl)
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => {
      if (!silencer.isSilent) to.write(chunk)
    })
    from.on('end', () => {
      if (silencer.isSilent) closeOnceGone(from)
      else to.end()
    })
    from.on('error', () => {})
    from.on('close', () => to.destroy())
  }
  // A side that says goodbye gets none back while all is silent.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client.setNoDelay())
    client.on('close', () => clients.delete(client))
    const upstream = connect({ port: Number(target.port), host: target.hostname, allowHalfOpen: true })
    upstream.setNoDelay()
    pass(client, upstream)
    pass(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url.port = String((server.address() as AddressInfo).port)
  const drop = (): void => {
    for (const client of clients) client.destroy()
  }
  const silencer: Silencer = {
    url: url.href,
    isSilent: false,
    get connections() {
      return clients.size
    },
    drop,
    close: async () => {
      server.close()
      drop()
      await once(server, 'close')
    },
  }
  return silencer
}
