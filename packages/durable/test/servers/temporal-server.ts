import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startTemporal as startEngine } from '@watertight/deploy'

export interface TemporalServer {
  readonly address: string
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  /** Starts it again where it was, with what it has kept. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** A Temporal of its own in a temporary folder. */
export async function startTemporal(): Promise<TemporalServer> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-temporal-'))
  const port = await freePort()
  const start = () => startEngine({ folder, port })
  let server = await start()
  return {
    address: `127.0.0.1:${port}`,
    kill: () => server.kill(),
    start: async () => {
      server = await start()
    },
    stop: async () => {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
