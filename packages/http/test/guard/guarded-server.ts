import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createServerGuard,
  type GuardedHandler,
  type ServerGuard,
  type ServerGuardOptions,
} from '../../src/index.js'

export interface GuardedServer extends AsyncDisposable {
  readonly guard: ServerGuard
  readonly url: string
  readonly port: number
}

/** A guard before a plain server, for one test. */
export async function guardedServer(
  handler: GuardedHandler,
  options: ServerGuardOptions = {},
): Promise<GuardedServer> {
  const guard = createServerGuard(options)
  const server = createServer(guard.listener(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    guard,
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
