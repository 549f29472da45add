import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { watchManifest, type ManifestWatch, type SystemModel } from '@watertight/manifest'
import { EXIT_PORT_TAKEN } from '../command-line/exit.js'
import { DataFolderError, prepareDataFolder } from '../data-folder/data-folder.js'
import { diskTrouble } from '../data-folder/disk-trouble.js'
import { FolderLock } from '../data-folder/folder-lock.js'
import { loadManifest, MANIFEST_FILE, serviceOf, type Manifest } from '../manifest/manifest.js'
import { FrontDoor } from '../load/front-door.js'
import { serviceNames, type ProcessName, type ServiceName } from '../services/names.js'
import { authorityOf, prepareCertificates } from './certificates.js'
import { isPortFree } from './free-ports.js'
import { programs } from './programs.js'
import { findPython, PYTHON_MISSING } from './python.js'
import { RunDocuments } from './run-documents.js'
import { shopPorts, type ShopPorts } from './shop-ports.js'
import { StartError, SupervisedService } from './supervised-service.js'

/** A new database takes seconds of processor time, which a busy machine does not have at once. */
const READY_MS = 120_000
const ADMINISTRATION_MS = 5_000
const OPEN_LOOK_MS = 100

export interface SystemOptions {
  /** Where the services keep their data; created when missing. */
  readonly dataFolder: string
  /** The gateway's port; 0 takes any free one. */
  readonly port: number
  /** How calls behave. Default the example's own `watertight.yaml`. */
  readonly manifestFile?: string
  /** Hears of each process that is ready, and after how many seconds. */
  readonly onReady?: (name: ProcessName, seconds: number) => void
  /** Hears what there is to say about the processes, a line at a time. */
  readonly say: (line: string) => void
  /** Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv
}

/** What has been prepared before anything runs. */
interface Prepared {
  readonly manifest: Manifest
  readonly ports: ShopPorts
  readonly documents: RunDocuments
  readonly lock: FolderLock
  readonly python: string | undefined
}

/** The shop: its services, a sidecar beside each, and the gateway, running and supervised. */
export class System {
  /** Allows `POST /faults`. A new one for every run. */
  readonly faultToken: string = randomBytes(12).toString('hex')
  readonly dataFolder: string
  /** Share (0..1) of checkouts that watertight.yaml promises to answer as it should. */
  readonly availability: number
  /** Whether there is a Python to run tax. */
  readonly hasTax: boolean
  readonly #processes = new Map<ProcessName, SupervisedService>()
  readonly #ports: ShopPorts
  readonly #lock: FolderLock
  readonly #watch: ManifestWatch
  #model: SystemModel
  #frontDoor: FrontDoor | undefined

  private constructor({ dataFolder, say }: SystemOptions, prepared: Prepared) {
    const { manifest, ports, documents, lock, python } = prepared
    this.dataFolder = resolve(dataFolder)
    this.availability = serviceOf(manifest.model, 'order').availability ?? 1
    this.hasTax = python !== undefined
    this.#ports = ports
    this.#lock = lock
    this.#model = manifest.model
    this.#watch = follow(manifest, documents, say, (model) => (this.#model = model))
    const options = {
      dataFolder: this.dataFolder,
      documents,
      ports,
      faultToken: this.faultToken,
      databasePassword: documents.databasePassword,
      python,
    }
    for (const program of programs(options)) {
      this.#processes.set(program.name, new SupervisedService(program, say))
    }
  }

  /**
   * Starts everything and resolves once all of it is ready.
   *
   * @throws {@link StartError} when the port is taken or a process does not come up
   * @throws {@link DataFolderError} when the data folder cannot be written
   * @throws {@link FolderInUseError} when another run uses the data folder
   * @throws {@link ManifestError} when the manifest has an error
   */
  static async start(options: SystemOptions): Promise<System> {
    // What is wrong with it is told here once, and not by every process.
    const manifest = loadManifest(options.manifestFile ?? MANIFEST_FILE)
    const { port, say } = options
    if (port !== 0 && !(await isPortFree(port))) {
      throw new StartError(`cannot start gateway: port ${port} on 127.0.0.1 is taken`, EXIT_PORT_TAKEN)
    }
    await prepareDataFolder(options.dataFolder)
    const folder = resolve(options.dataFolder)
    const lock = await FolderLock.take(folder)
    let system: System | undefined
    try {
      const [python, ports] = await Promise.all([
        findPython(options.environment),
        shopPorts(manifest.model, port),
      ])
      if (python === undefined) say(PYTHON_MISSING)
      const documents = new RunDocuments(folder, manifest.file, ports)
      await writing(folder, () => documents.write(manifest.text))
      system = new System(options, { manifest, ports, documents, lock, python })
      await system.#startAll(options, prepareCertificates(folder, documents.fileFor('gateway')))
      return system
    } catch (error) {
      if (system === undefined) await lock.release()
      else await system.kill()
      throw error
    }
  }

  async #startAll({ onReady = () => {} }: SystemOptions, certificates: Promise<void>): Promise<void> {
    const startedAt = performance.now()
    await Promise.all(
      [...this.#processes.values()].map(async (supervised) => {
        if (supervised.isProxy) await certificates
        await supervised.start(READY_MS)
        onReady(supervised.name, (performance.now() - startedAt) / 1_000)
      }),
    )
    await this.#open()
  }

  /** The gateway asks the versions of order whether they take orders: until it knows, it turns customers away. */
  async #open(): Promise<void> {
    const until = performance.now() + READY_MS
    while (/^order.*::healthy::false$/m.test(await this.text('gateway', '/clusters'))) {
      if (performance.now() > until)
        throw new StartError('cannot open the shop: the gateway does not reach order')
      await setTimeout(OPEN_LOOK_MS)
    }
  }

  /** Where customers order, by TLS. */
  get gatewayUrl(): string {
    return `https://localhost:${this.#ports.gateway}`
  }

  /** The way of customers to it. */
  get frontDoor(): FrontDoor {
    const authority = () => readFileSync(this.authorityFile, 'utf8')
    this.#frontDoor ??= new FrontDoor({ url: this.gatewayUrl, authority: authority() })
    return this.#frontDoor
  }

  /** The certificate of who vouches for the gateway, and for everybody else in the shop. */
  get authorityFile(): string {
    return authorityOf(this.dataFolder)
  }

  /** The document in force. */
  get model(): SystemModel {
    return this.#model
  }

  /** Where a process itself answers, past its sidecar; of a proxy, where it tells how it is. */
  url(name: ProcessName): string {
    return this.#process(name).url
  }

  /** Where the sidecar of a process takes in what others ask of it, by mutual TLS. */
  inboundPort(name: keyof ShopPorts['instances']): number {
    return this.#ports.instances[name].inbound
  }

  /** What runs. */
  get names(): readonly ProcessName[] {
    return [...this.#processes.keys()]
  }

  pid(name: ProcessName): number | undefined {
    return this.#processes.get(name)?.pid
  }

  get restarts(): number {
    return [...this.#processes.values()].reduce((sum, { restarts }) => sum + restarts, 0)
  }

  /** How many of the restarts were of a process that hung. */
  get hangs(): number {
    return [...this.#processes.values()].reduce((sum, { hangs }) => sum + hangs, 0)
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

  /** Ends all injected faults; a service that is not up has none. */
  async clearFaults(): Promise<void> {
    await Promise.allSettled(
      serviceNames.map((name) =>
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
    const stop = (...names: ProcessName[]) =>
      Promise.all(names.map(async (name) => this.#processes.get(name)?.stop()))
    await stop('gateway')
    await stop('order', 'canary')
    await stop('order-sidecar', 'canary-sidecar')
    await stop(...this.#processes.keys())
    await this.#close()
  }

  /** Ends everything now. What the services keep is safe against that. */
  async kill(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.kill()))
    await this.#close()
  }

  async #close(): Promise<void> {
    this.#frontDoor?.close()
    this.#watch.close()
    await this.#lock.release()
  }

  #process(name: ProcessName): SupervisedService {
    const found = this.#processes.get(name)
    if (found !== undefined) return found
    throw new Error(`cannot ask ${name}: it does not run`)
  }
}

/** Hands a changed document on to everything that runs, and tells whoever edits it what became of that. */
function follow(
  { file, text }: Manifest,
  documents: RunDocuments,
  say: (line: string) => void,
  onModel: (model: SystemModel) => void,
): ManifestWatch {
  const name = basename(file)
  const refuse = (message: string) =>
    say(`${name} has changed, but the former one stays in force: ${message}`)
  return watchManifest(file, {
    text,
    onChange: (model) => {
      documents.write(readFileSync(file, 'utf8')).then(
        () => {
          onModel(model)
          say(`${name} has changed, and is in force`)
        },
        (error: unknown) => refuse(diskTrouble(error) ?? String(error)),
      )
    },
    onRefused: ({ message }) => refuse(message),
  })
}

/** What cannot be written is the data folder's fault. */
async function writing(folder: string, write: () => Promise<void>): Promise<void> {
  await write().catch((error: unknown) => {
    const trouble = diskTrouble(error)
    if (trouble === undefined) throw error
    throw new DataFolderError(`cannot use data folder ${folder}: ${trouble}`, { cause: error })
  })
}
