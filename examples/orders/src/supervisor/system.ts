import { randomBytes } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { watchManifest, type ManifestWatch } from '@watertight/manifest'
import { EXIT_PORT_TAKEN } from '../command-line/exit.js'
import { prepareDataFolder } from '../data-folder/data-folder.js'
import { serviceNames, type ServiceName } from '../services/names.js'
import { FolderLock } from '../data-folder/folder-lock.js'
import { loadManifest, MANIFEST_FILE, serviceOf, type Manifest } from '../manifest/manifest.js'
import { freePorts, isPortFree } from './free-ports.js'
import { StartError, SupervisedService } from './supervised-service.js'

/** A new database takes seconds of processor time, which a busy machine does not have at once. */
const READY_MS = 120_000
const ADMINISTRATION_MS = 5_000

export interface SystemOptions {
  /** Where the services keep their data; created when missing. */
  readonly dataFolder: string
  /** The gateway's port; 0 takes any free one. */
  readonly port: number
  /** How calls behave. Default the example's own `watertight.yaml`. */
  readonly manifestFile?: string
  /** Hears of each service that is ready, and after how many seconds. */
  readonly onReady?: (name: ServiceName, seconds: number) => void
  /** Hears what there is to say about the services, a line at a time. */
  readonly say: (line: string) => void
}

/** The six services, running and supervised. */
export class System {
  /** Allows `POST /faults`. A new one for every run. */
  readonly faultToken: string = randomBytes(12).toString('hex')
  readonly dataFolder: string
  /** Share (0..1) of checkouts that watertight.yaml promises to answer as it should. */
  readonly availability: number
  readonly #services = new Map<ServiceName, SupervisedService>()
  readonly #lock: FolderLock
  readonly #watch: ManifestWatch

  private constructor(
    options: SystemOptions,
    manifest: Manifest,
    ports: ReadonlyMap<ServiceName, number>,
    lock: FolderLock,
  ) {
    this.dataFolder = resolve(options.dataFolder)
    this.availability = serviceOf(manifest.model, 'gateway').availability ?? 1
    this.#lock = lock
    this.#watch = tellChanges(manifest, options.say)
    const urls = Object.fromEntries([...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}`]))
    for (const [name, port] of ports) {
      const environment = {
        SERVICE_PORT: String(port),
        SERVICE_DATA: join(options.dataFolder, name),
        SERVICE_URLS: JSON.stringify(urls),
        SERVICE_MANIFEST: manifest.file,
        FAULT_TOKEN: this.faultToken,
      }
      const service = { name, url: urls[name] as string, environment, folder: environment.SERVICE_DATA }
      this.#services.set(name, new SupervisedService({ ...service, say: options.say }))
    }
  }

  /**
   * Starts everything and resolves once all of it is ready.
   *
   * @throws {@link StartError} when the port is taken or a service does not come up
   * @throws {@link DataFolderError} when the data folder cannot be written
   * @throws {@link FolderInUseError} when another run uses the data folder
   * @throws {@link ManifestError} when the manifest has an error
   */
  static async start(options: SystemOptions): Promise<System> {
    // What is wrong with it is told here once, and not by six services.
    const manifest = loadManifest(options.manifestFile ?? MANIFEST_FILE)
    if (options.port !== 0 && !(await isPortFree(options.port))) {
      throw new StartError(
        `cannot start gateway: port ${options.port} on 127.0.0.1 is taken`,
        EXIT_PORT_TAKEN,
      )
    }
    await prepareDataFolder(options.dataFolder)
    const lock = await FolderLock.take(options.dataFolder)
    const free = await freePorts(serviceNames.length)
    const ports = new Map(serviceNames.map((name, index) => [name, free[index] as number]))
    if (options.port !== 0) ports.set('gateway', options.port)
    const system = new System(options, manifest, ports, lock)
    try {
      await Promise.all([...system.#services.values()].map((service) => system.#start(service, options)))
    } catch (error) {
      await system.kill()
      throw error
    }
    return system
  }

  async #start(service: SupervisedService, { onReady = () => {} }: SystemOptions): Promise<void> {
    const startedAt = performance.now()
    await service.start(READY_MS)
    onReady(service.name, (performance.now() - startedAt) / 1_000)
  }

  url(name: ServiceName): string {
    return this.#service(name).url
  }

  pid(name: ServiceName): number | undefined {
    return this.#service(name).pid
  }

  get restarts(): number {
    return [...this.#services.values()].reduce((sum, { restarts }) => sum + restarts, 0)
  }

  /** How many of the restarts were of a service that hung. */
  get hangs(): number {
    return [...this.#services.values()].reduce((sum, { hangs }) => sum + hangs, 0)
  }

  /** Asks one service something internal; rejects when it does not answer in time. */
  async get<T>(name: ServiceName, path: string, limitMs: number = ADMINISTRATION_MS): Promise<T> {
    const response = await fetch(this.url(name) + path, { signal: AbortSignal.timeout(limitMs) })
    if (!response.ok) throw new Error(`cannot get ${path} of ${name}: it answered ${response.status}`)
    return (await response.json()) as T
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

  /** Stops in order: the gateway takes no more, order finishes, and only then go the services that it calls. */
  async stop(): Promise<void> {
    await this.#service('gateway').stop()
    await this.#service('order').stop()
    await Promise.all([...this.#services.values()].map((service) => service.stop()))
    this.#watch.close()
    await this.#lock.release()
  }

  /** Ends everything now. What the services keep is safe against that. */
  async kill(): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.kill()))
    this.#watch.close()
    await this.#lock.release()
  }

  #service(name: ServiceName): SupervisedService {
    return this.#services.get(name) as SupervisedService
  }
}

/** The services follow the manifest by themselves; whoever edits it hears of that here. */
function tellChanges({ file, text }: Manifest, say: (line: string) => void): ManifestWatch {
  const name = basename(file)
  return watchManifest(file, {
    text,
    onChange: () => say(`${name} has changed, and is in force`),
    onRefused: ({ message }) => say(`${name} has changed, but the former one stays in force: ${message}`),
  })
}
