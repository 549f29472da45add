import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answersWell } from './answers-well.js'
import { engineProgram } from './engine-programs.js'
import { type RunningEngine, startEngineProcess } from './engine-process.js'

const START_MS = 60_000
/** Rates are asked of five minutes and more; a development machine has more to do than to be asked. */
const EVERY = '5s'
const KEPT = '2d'
const RULES = 'rules.yaml'
const TARGETS = 'targets.json'

/** One page of metrics. */
export interface ScrapeTarget {
  /** What its series have as `job`: the kind of program. */
  readonly job: string
  /** What they have as `instance`: its name. */
  readonly instance: string
  readonly port: number
  readonly path: string
}

export interface PrometheusOptions {
  /** Where its configuration is, and what it has measured, from start to start. */
  readonly folder: string
  readonly port: number
  /** Where the Alertmanager listens that hears of alerts. Default: nobody hears of them. */
  readonly alertmanagerPort?: number | undefined
  /** How often pages are asked and rules evaluated. Default 5s. */
  readonly every?: string
  readonly onLine?: ((line: string) => void) | undefined
}

/** A running Prometheus, and what it is to look at. */
export interface RunningPrometheus extends RunningEngine {
  /** Asks these from now on, and no others. */
  watch(targets: readonly ScrapeTarget[]): Promise<void>
  /** Evaluates these rules from now on: the text of a file of rules. */
  evaluate(rules: string): Promise<void>
}

/**
 * Starts a Prometheus on 127.0.0.1. It asks nobody anything until it is told whom.
 *
 * @throws {EngineMissingError} when it is not installed
 * @throws {EngineStartError} when it does not start
 */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const { folder, port, alertmanagerPort, every = EVERY, onLine } = options
  const program = engineProgram('prometheus', 'prometheus')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const put = async (name: string, text: string): Promise<void> => {
    // It may read them at any time, and must not find half of one.
    await writeFile(join(folder, `${name}.new`), text, { mode: 0o600 })
    await rename(join(folder, `${name}.new`), join(folder, name))
  }
  await put(TARGETS, '[]')
  await put(RULES, 'groups: []\n')
  await put('prometheus.yml', configurationText(every, alertmanagerPort))
  const engine = await startEngineProcess({
    engine: 'prometheus',
    program,
    words: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--storage.tsdb.retention.time=${KEPT}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    cwd: folder,
    isReady: () => answersWell(`http://127.0.0.1:${port}/-/ready`),
    startMs: START_MS,
    onLine,
  })
  return Object.assign(engine, {
    // It follows this file by itself.
    watch: (targets: readonly ScrapeTarget[]) => put(TARGETS, targetsText(targets)),
    evaluate: async (rules: string) => {
      await put(RULES, rules)
      await engine.kill('SIGHUP')
    },
  })
}

/** JSON is YAML. */
function configurationText(every: string, alertmanagerPort: number | undefined): string {
  const alertmanagers = [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }]
  return JSON.stringify({
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: [RULES],
    ...(alertmanagerPort === undefined ? {} : { alerting: { alertmanagers } }),
    scrape_configs: [{ job_name: 'watertight', file_sd_configs: [{ files: [TARGETS] }] }],
  })
}

function targetsText(targets: readonly ScrapeTarget[]): string {
  return JSON.stringify(
    targets.map(({ job, instance, port, path }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { job, instance, __metrics_path__: path },
    })),
  )
}
