import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKafka as startEngine } from '@watertight/deploy'
import { freePort } from '@watertight/deploy'

export interface KafkaServer {
  readonly url: string
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  /** Starts it again where it was, with what it has kept. */
  start(): Promise<void>
  pause(): void
  resume(): void
  /** Ends it and removes what it has kept. */
  stop(): Promise<void>
}

/** A Kafka of its own in a temporary folder. `settings` go into its configuration. */
export async function startKafka(settings: Readonly<Record<string, string>> = {}): Promise<KafkaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-kafka-'))
  const port = await freePort()
  const start = () => startEngine({ folder, port, settings })
  let server = await start()
  return {
    url: `kafka://127.0.0.1:${port}`,
    kill: () => server.kill(),
    start: async () => {
      server = await start()
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    stop: async () => {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
