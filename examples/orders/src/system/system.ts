import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EngineName, enginesWithPages } from '@watertight/deploy'
import type { ManifestWatch, SystemModel } from '@watertight/manifest'
import { ControlServer, followDocument, type ProgramStatus, Run, unheardAlerts } from '@watertight/supervisor'
import { prepareDataFolder } from '../data-folder/data-folder.js'
import { loadManifest, MANIFEST_FILE, serviceOf } from '../manifest/manifest.js'
import { FrontDoor } from '../load/front-door.js'
import {
  processName,
  programName,
  serviceNames,
  type InstanceName,
  type ProcessName,
  type ServiceName,
} from '../services/names.js'
import { findPython, PYTHON_MISSING } from './python.js'
import { StartError } from './start-error.js'
import { Told, type ToldOptions } from './told.js'
import { watertightProgram } from './watertight-program.js'

/** A new database takes seconds of processor time, which a busy machine does not have at once. */
const READY_MS = 120_000
const ADMINISTRATION_MS = 5_000

export interface SystemOptions extends ToldOptions {
  /** Where the run keeps its data; created when missing. */
  readonly dataFolder: string
  /** The gateway's port; 0 takes any free one. */
  readonly port: number
  /** How calls behave. Default the example's own `watertight.yaml`. */
  readonly manifestFile?: string
  /** What changes it: the names of profiles beside it, divided by commas. */
  readonly profile?: string | undefined
  /** Where all processes send their spans; default nowhere. */
  readonly tracesUrl?: string | undefined
  /** Hears when `watertight stop` asks for an end. */
  readonly onStop?: () => void
  /** Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv
}

/** The shop as `watertight up` runs it, with what the example adds: a token for faults, and the way of customers. */
export class System {
  /** Allows `POST /faults`. A new one for every run. */
  readonly faultToken: string
  readonly dataFolder: string
  /** Share (0..1) of checkouts that watertight.yaml promises to answer as it should. */
  readonly availability: number
  /** Whether there is a Python to run tax. */
  readonly hasTax: boolean
  readonly #run: Run
  readonly #control: ControlServer
  readonly #watch: ManifestWatch
  readonly #told: Told
  #frontDoor: FrontDoor | undefined

  private constructor(
    { dataFolder }: SystemOptions,
    parts: {
      readonly run: Run
      readonly control: ControlServer
      readonly watch: ManifestWatch
      readonly told: Told
      readonly hasTax: boolean
      readonly faultToken: string
    },
  ) {
    this.dataFolder = resolve(dataFolder)
    this.faultToken = parts.faultToken
    this.hasTax = parts.hasTax
    this.#run = parts.run
    this.#control = parts.control
    this.#watch = parts.watch
    this.#told = parts.told
    this.availability = serviceOf(parts.run.system, 'order').availability ?? 1
  }

  /**
   * Starts everything and resolves once all of it is ready.
   *
   * @throws {@link StartError} when a process does not come up
   * @throws {@link DataFolderError} when the data folder cannot be written
   * @throws `PortTakenError` when the port is taken, `AlreadyRunningError` when another run uses the data folder
   * @throws {@link ManifestError} when the manifest has an error
   * @throws `EngineMissingError` when a server that a profile asks for is not installed
   */
  static async start(options: SystemOptions): Promise<System> {
    const { say, port, environment = process.env } = options
    const { file, text, profile, model } = loadManifest(
      options.manifestFile ?? MANIFEST_FILE,
      options.profile,
    )
    await prepareDataFolder(options.dataFolder)
    const python = await findPython(environment)
    if (python === undefined) say(PYTHON_MISSING)
    const faultToken = randomBytes(12).toString('hex')
    const control = new ControlServer()
    const told = new Told(options)
    const run = await Run.start({
      file,
      text: profile?.apply(text) ?? text,
      system: model,
      folder: resolve(options.dataFolder),
      watertight: [process.execPath, watertightProgram()],
      // As many copies of the shop as you like; only the gateway is where people look for it.
      ports: { free: true, gateway: port },
      without: python === undefined ? ['tax'] : [],
      tracesUrl: options.tracesUrl,
      environment: { FAULT_TOKEN: faultToken, ...(python === undefined ? {} : { PYTHON: python }) },
      onEvent: (event) => {
        told.hear(event)
        control.tell(event)
      },
    })
    await control.open(run, options.onStop ?? (() => {}))
    const watch = followDocument(run, { file, text, profile, shown: basename(file), say })
    const system = new System(options, {
      run,
      control,
      watch,
      told,
      hasTax: python !== undefined,
      faultToken,
    })
    const limit = new AbortController()
    try {
      const isLate = sleep(READY_MS, true, { signal: limit.signal }).catch(() => false)
      if (await Promise.race([run.ready.then(() => false), told.failed, isLate]))
        throw new StartError(
          `cannot open the shop: ${system.#unready()} not ready within ${READY_MS / 1_000} s`,
        )
    } catch (error) {
      await system.kill()
      throw error
    } finally {
      limit.abort()
    }
    told.isOpen = true
    const unheard = unheardAlerts(model)
    if (unheard !== undefined) say(unheard)
    return system
  }

  /** Where customers order, by TLS. */
  get gatewayUrl(): string {
    return this.#run.gatewayUrl ?? ''
  }

  /** The way of customers to it. */
  get frontDoor(): FrontDoor {
    this.#frontDoor ??= new FrontDoor({
      url: this.gatewayUrl,
      authority: readFileSync(this.authorityFile, 'utf8'),
    })
    return this.#frontDoor
  }

  /** The certificate of who vouches for the gateway, and for everybody else in the shop. */
  get authorityFile(): string {
    return this.#run.folder.authority
  }

  /** The document in force. */
  get model(): SystemModel {
    return this.#run.system
  }

  /** What a process keeps, its log among it. */
  dataOf(name: ServiceName): string {
    return this.#run.folder.dataFor(programName(name))
  }

  /** Where a process itself answers, past its sidecar; of a proxy, where it tells how it is. */
  url(name: ProcessName): string {
    const { admin, port } = this.#status(name)
    return `http://127.0.0.1:${admin ?? port}`
  }

  /** Where the sidecar of a process takes in what others ask of it, by mutual TLS. */
  inboundPort(name: InstanceName): number {
    return this.#status(`${name}-sidecar`).port
  }

  /** Where a server takes what it is asked, on 127.0.0.1. */
  portOf(name: EngineName): number {
    return this.#status(name).port
  }

  /** What runs. */
  get names(): readonly ProcessName[] {
    return this.#run.status().map(({ name }) => processName(name))
  }

  /** Where people look at what a server has: traces, metrics, alerts. */
  get pages(): ReadonlyMap<string, string> {
    const shown = this.#run.status().filter(({ name }) => enginesWithPages.has(name))
    return new Map(shown.map(({ name, port }) => [name, `http://127.0.0.1:${port}`]))
  }

  pid(name: ProcessName): number | undefined {
    return this.#status(name).pid ?? undefined
  }

  get restarts(): number {
    return this.#run.status().reduce((sum, { restarts }) => sum + restarts, 0)
  }

  /** How many of the restarts were of a process that hung. */
  get hangs(): number {
    return this.#told.hangs
  }

  /** Asks one process something; rejects when it does not answer in time. */
  async text(name: ProcessName, path: string, limitMs: number = ADMINISTRATION_MS): Promise<string> {
    const signal = AbortSignal.timeout(limitMs)
    const response = await fetch(this.url(name) + path, { signal }).catch((cause: unknown) => {
      throw new Error(`cannot get ${path} of ${name}: it does not answer`, { cause })
    })
    if (!response.ok) throw new Error(`cannot get ${path} of ${name}: it answered ${response.status}`)
    return response.text()
  }

  /** The same for what is JSON. */
  async get<T>(name: ServiceName, path: string, limitMs?: number): Promise<T> {
    return JSON.parse(await this.text(name, path, limitMs)) as T
  }

  /** Puts something on the axis of time that consoles show. */
  tell(text: string): void {
    this.#control.tell({ kind: 'document', text })
  }

  /** Ends all injected faults; a service that is not up has none. */
  async clearFaults(): Promise<void> {
    await Promise.allSettled(
      serviceNames.map(async (name) =>
        fetch(`${this.url(name)}/faults`, {
          method: 'DELETE',
          headers: { 'x-fault-token': this.faultToken },
          signal: AbortSignal.timeout(ADMINISTRATION_MS),
        }),
      ),
    )
  }

  /** Stops in order: the gateway takes no more, order finishes, and only then go those that it calls. */
  async stop(): Promise<void> {
    await this.#close(this.#run.stop())
  }

  /** Ends everything now. What the services keep is safe against that. */
  async kill(): Promise<void> {
    await this.#close(this.#run.kill())
  }

  async #close(ended: Promise<void>): Promise<void> {
    this.#told.isOpen = false
    this.#watch.close()
    await ended
    this.#frontDoor?.close()
    this.#control.close()
  }

  #status(name: ProcessName): ProgramStatus {
    const found = this.#run.status().find((program) => program.name === programName(name))
    if (found !== undefined) return found
    throw new Error(`cannot ask ${name}: it does not run`)
  }

  #unready(): string {
    const names = this.#run.status().flatMap(({ name, state }) => (state === 'ready' ? [] : [name]))
    return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`
  }
}
