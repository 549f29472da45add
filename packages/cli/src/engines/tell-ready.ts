import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { RunningEngine } from '@watertight/deploy'

/** It runs for so long without an answer before it counts as hung. */
const SLOW_MS = 30_000

/**
 * Answers `GET /ready`, and `GET /live`: whether it is, or was not long ago. A server that a busy machine makes slow is no better for a
 * restart, and what it had in memory is gone.
 */
export async function tellReady(
  engine: Pick<RunningEngine, 'isReady'>,
  port: number,
  now: () => number = () => performance.now(),
): Promise<Server> {
  let readyAtMs = now()
  const server = createServer((request, response) => {
    void engine.isReady().then((isReady) => {
      if (isReady) readyAtMs = now()
      const isWell = isReady || (request.url === '/live' && now() - readyAtMs < SLOW_MS)
      response.statusCode = isWell ? 200 : 503
      response.end(isReady ? 'ready\n' : 'not ready\n')
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
