import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { engineProgram } from './engine-programs.js'
import { type RunningEngine, runToEnd, startEngineProcess } from './engine-process.js'
import { freePort } from './free-ports.js'
import { isListening } from './is-listening.js'

const START_MS = 120_000
/** It says thousands of things as it starts; that it has started is said by one of its parts. */
const QUIET = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
]
/** Compiled once and quickly: it is to start soon, not to run for days. */
const JAVA = { JAVA_OPTS: ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...QUIET].join(' ') }

export interface KafkaOptions {
  /** Where its configuration is, and what it keeps, from start to start. */
  readonly folder: string
  readonly port: number
  /** Lines of its configuration beyond ours. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onLine?: (line: string) => void
}

/**
 * Starts a Kafka on 127.0.0.1: one process, broker and controller at once. It asks for no password.
 *
 * @throws {EngineMissingError} when it is not installed
 * @throws {EngineStartError} when it does not start
 */
export async function startKafka(options: KafkaOptions): Promise<RunningEngine> {
  const { folder, port, onLine } = options
  const program = engineProgram('kafka', 'kafka-server')
  const data = join(folder, 'data')
  const file = join(folder, 'server.properties')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(file, propertiesText(data, await freePort(), options))
  const common = { engine: 'kafka', cwd: folder, environment: JAVA }
  if (!(await isFormatted(data))) {
    const format = engineProgram('kafka', 'kafka-storage')
    await runToEnd({ ...common, program: format, words: ['format', '-t', CLUSTER, '-c', file] })
  }
  let hasStarted = false
  const hear = (line: string): void => {
    // It takes connections long before it can do anything for them.
    hasStarted ||= line.includes('Kafka Server started')
    onLine?.(line)
  }
  const isReady = async (): Promise<boolean> => hasStarted && (await isListening(port))
  return await startEngineProcess({
    ...common,
    program,
    words: [file],
    isReady,
    startMs: START_MS,
    onLine: hear,
  })
}

const CLUSTER = 'AAAAAAAAAAAAAAAAAAAAAQ'

function propertiesText(data: string, controllerPort: number, { port, settings = {} }: KafkaOptions): string {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
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

async function isFormatted(data: string): Promise<boolean> {
  return await stat(join(data, 'meta.properties')).then(
    () => true,
    () => false,
  )
}
