import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the ports that outgoing connections get, any of which could take one before it is listened on.
const LOWEST = 20_000
const COUNT = 12_000

/** A port of the loopback that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * COUNT)
    const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true })
    const listens = once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!(await listens)) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
