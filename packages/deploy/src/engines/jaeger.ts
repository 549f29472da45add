import { mkdir } from 'node:fs/promises'
import { answersWell } from './answers-well.js'
import { engineProgram } from './engine-programs.js'
import { type RunningEngine, startEngineProcess } from './engine-process.js'
import { isListening } from './is-listening.js'

const START_MS = 60_000
const TRACES_MAX = 10_000

export interface JaegerOptions {
  readonly folder: string
  /** Of its page, and of the API behind it. */
  readonly port: number
  /** Where it takes spans, by OTLP over HTTP. */
  readonly collectorPort: number
  readonly onLine?: ((line: string) => void) | undefined
}

/**
 * Starts a Jaeger on 127.0.0.1, all of it in one process. It keeps the last 10,000 traces in memory, until it ends.
 *
 * @throws {EngineMissingError} when it is not installed
 * @throws {EngineStartError} when it does not start
 */
export async function startJaeger(options: JaegerOptions): Promise<RunningEngine> {
  const { folder, port, collectorPort, onLine } = options
  const program = engineProgram('jaeger', 'jaeger-all-in-one')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return await startEngineProcess({
    engine: 'jaeger',
    program,
    words: wordsFor(port, collectorPort),
    cwd: folder,
    environment: { SPAN_STORAGE_TYPE: 'memory' },
    isReady: async () =>
      (await isListening(collectorPort)) && (await answersWell(`http://127.0.0.1:${port}/api/services`)),
    startMs: START_MS,
    onLine,
  })
}

/** Whatever it listens on is on loopback; what nobody asks here, on any port. */
function wordsFor(port: number, collectorPort: number): string[] {
  return [
    '--collector.otlp.enabled=true',
    `--collector.otlp.http.host-port=127.0.0.1:${collectorPort}`,
    '--collector.otlp.grpc.host-port=127.0.0.1:0',
    '--collector.grpc-server.host-port=127.0.0.1:0',
    '--collector.http-server.host-port=127.0.0.1:0',
    `--query.http-server.host-port=127.0.0.1:${port}`,
    '--query.grpc-server.host-port=127.0.0.1:0',
    '--admin.http.host-port=127.0.0.1:0',
    `--memory.max-traces=${TRACES_MAX}`,
    '--log-level=error',
  ]
}
