import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { compilePrometheus, type ScrapeTarget } from '@watertight/deploy'
import { readManifest } from '@watertight/manifest'
import { ControlClient, type ProgramStatus } from '@watertight/supervisor'

const ANSWER_MS = 1_000

/** What has changed of a run since it was last looked at. */
export interface RunChanges {
  /** Its pages of metrics, as they are now. */
  readonly targets: readonly ScrapeTarget[] | undefined
  /** The objectives and alerts of its document as rules, as they are now. */
  readonly rules: string | undefined
}

/** A run as whoever measures it sees it: the programs that have metrics, and the rules of its document. */
export class WatchedRun {
  readonly #folder: string
  readonly #say: (line: string) => void
  readonly #withoutMetrics = new Set<string>()
  #targets: readonly ScrapeTarget[] = []
  #text = ''

  /** `say` hears of a document that cannot be read. */
  constructor(folder: string, say: (line: string) => void) {
    this.#folder = folder
    this.#say = say
  }

  async look(): Promise<RunChanges> {
    return { rules: await this.#rules(), targets: await this.#changedTargets() }
  }

  async #rules(): Promise<string | undefined> {
    const file = join(this.#folder, 'watertight.yaml')
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text === '' || text === this.#text) return undefined
    this.#text = text
    const { system } = readManifest(text, file)
    if (system !== undefined) return compilePrometheus(system.model).rules
    this.#say(`cannot read ${file}: rules stay as they were`)
    return undefined
  }

  async #changedTargets(): Promise<readonly ScrapeTarget[] | undefined> {
    const run = await ControlClient.find(this.#folder)
    // While it starts, nobody can be asked.
    if (run === undefined) return undefined
    const { programs } = await run.status()
    const found = await Promise.all(programs.map((program) => this.#target(program)))
    const targets = found.filter((target) => target !== undefined)
    if (isDeepStrictEqual(targets, this.#targets)) return undefined
    this.#targets = targets
    return targets
  }

  /** A proxy has its metrics at its admin port; a service has them at `GET /metrics`, or has none. */
  async #target(program: ProgramStatus): Promise<ScrapeTarget | undefined> {
    const { name: instance, kind: job, port, admin } = program
    if (job === 'sidecar' || job === 'gateway')
      return admin === null ? undefined : { job, instance, port: admin, path: '/stats/prometheus' }
    if (job !== 'service') return undefined
    const target: ScrapeTarget = { job, instance, port, path: '/metrics' }
    // Whoever has once told is asked while it is away as well: that it does not answer is what is to be seen.
    if (this.#targets.some((known) => isDeepStrictEqual(known, target))) return target
    return (await this.#hasMetrics(program)) ? target : undefined
  }

  async #hasMetrics({ name, port, pid, state }: ProgramStatus): Promise<boolean> {
    const process = `${name} ${pid}`
    if (state !== 'ready' || this.#withoutMetrics.has(process)) return false
    const signal = AbortSignal.timeout(ANSWER_MS)
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal }).catch(() => undefined)
    // Too busy to answer: it is asked again.
    if (answer === undefined) return false
    await answer.body?.cancel()
    const has = answer.ok && /^(text\/plain|application\/openmetrics-text)/.test(type(answer))
    if (!has) this.#withoutMetrics.add(process)
    return has
  }
}

const type = ({ headers }: Response): string => headers.get('content-type') ?? ''
