import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startKafka as startEngine } from '@watertight/deploy'

export interface KafkaServer {
  readonly url: string
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  /** Starts it again where it was, with what it has kept. */
  start(): Promise<void>
  /** It does nothing more from then on, until it is told to resume. */
  pause(): Promise<void>
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
    pause: async () => {
      await server.kill('SIGSTOP')
      // Its threads stop when the one that is told has had its turn: on a busy machine they go on for a while.
      while (!(await isStopped(server.pid))) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    resume: () => void server.kill('SIGCONT'),
    stop: async () => {
      await server.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Whether each thread of a process is stopped, as Linux tells it. */
async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`)
  const states = threads.map(async (thread) => {
    // One that has ended in between is stopped for good.
    const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => ') T')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
  })
  return (await Promise.all(states)).every(Boolean)
}
