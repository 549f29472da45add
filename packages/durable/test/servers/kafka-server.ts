import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'

const START_MS = 120_000

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

/** A Kafka of its own: one process, broker and controller at once. `settings` go into its configuration. */
export async function startKafka(settings: Readonly<Record<string, string>> = {}): Promise<KafkaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-kafka-'))
  const [port, controllerPort] = [await freePort(), await freePort()]
  const file = join(folder, 'server.properties')
  await writeFile(file, propertiesText(folder, port, controllerPort, settings))
  const format = run('kafka-storage', ['format', '-t', 'AAAAAAAAAAAAAAAAAAAAAQ', '-c', file])
  const [code] = (await once(format, 'exit')) as [number]
  if (code !== 0) throw new Error(`cannot make a Kafka in ${folder}: kafka-storage ended with ${code}`)
  const log = join(folder, 'server.log')
  let server = await startServer(file, log)
  return {
    url: `kafka://127.0.0.1:${port}`,
    kill: async () => {
      await ended(server)
    },
    start: async () => {
      server = await startServer(file, log)
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    stop: async () => {
      await ended(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function propertiesText(
  folder: string,
  port: number,
  controllerPort: number,
  settings: Readonly<Record<string, string>>,
): string {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    // One that was killed is known to be gone soon, so that it may come back soon.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    ...settings,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

const run = (program: string, given: readonly string[]): ChildProcess =>
  spawn(program, given, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Compiled once and quickly: it is to start soon, not to run for days.
    env: { ...process.env, JAVA_OPTS: '-Xmx384m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
  })

async function startServer(file: string, log: string): Promise<ChildProcess> {
  await rm(log, { force: true })
  const server = run('kafka-server', [file])
  const out = createWriteStream(log)
  server.stdout?.pipe(out)
  server.stderr?.pipe(out)
  const deadline = performance.now() + START_MS
  for (;;) {
    const said = await readFile(log, 'utf8').catch(() => '')
    if (said.includes('Kafka Server started')) return server
    if (server.exitCode !== null || performance.now() > deadline) {
      server.kill('SIGKILL')
      throw new Error(`cannot start Kafka within ${START_MS} ms; it said: ${said.slice(-2_000)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}
