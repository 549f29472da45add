import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answersWell } from './answers-well.js'
import { engineProgram } from './engine-programs.js'
import { type RunningEngine, startEngineProcess } from './engine-process.js'

const START_MS = 60_000

export interface AlertmanagerOptions {
  /** Where its configuration is, and what it keeps, from start to start. */
  readonly folder: string
  readonly port: number
  /** The URL that is told of alerts, by POST as JSON. Default: they are on its page alone. */
  readonly webhook?: string | undefined
  readonly onLine?: ((line: string) => void) | undefined
}

/**
 * Starts an Alertmanager on 127.0.0.1. Alerts of one name and one service are told together, a second after the first, and again
 * after four hours while they last.
 *
 * @throws {EngineMissingError} when it is not installed
 * @throws {EngineStartError} when it does not start
 */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<RunningEngine> {
  const { folder, port, webhook, onLine } = options
  const program = engineProgram('alertmanager', 'alertmanager')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'alertmanager.yml')
  // A file, since whoever can see the words of a process would see the URL, which is often a secret.
  await writeFile(file, configurationText(webhook), { mode: 0o600 })
  return await startEngineProcess({
    engine: 'alertmanager',
    program,
    words: [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // It is the only one, and need not look for others.
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    cwd: folder,
    isReady: () => answersWell(`http://127.0.0.1:${port}/-/ready`),
    startMs: START_MS,
    onLine,
  })
}

/** JSON is YAML. */
function configurationText(webhook: string | undefined): string {
  const receiver = webhook === undefined ? 'nobody' : 'webhook'
  const told = webhook === undefined ? {} : { webhook_configs: [{ url: webhook, send_resolved: true }] }
  const times = { group_wait: '1s', group_interval: '10s', repeat_interval: '4h' }
  return JSON.stringify({
    route: { receiver, group_by: ['alertname', 'service'], ...times },
    receivers: [{ name: receiver, ...told }],
  })
}
