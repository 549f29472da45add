import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { SystemModel } from '@watertight/manifest'
import { keepCertificates } from '@watertight/proxy/certificates'
import { bringsCertificate, madeInPlace } from '../plan/gateway-certificate.js'
import { hasSiblings, type Instance } from '../plan/instances.js'
import { type PlanContext, planRun, type PlanSource, type RunPlan } from '../plan/run-plan.js'
import { servedStores, servedStoreUrl } from '../plan/served-stores.js'
import { GroupGuard } from '../processes/group-guard.js'
import type { SupervisedProgram } from '../processes/supervised-program.js'
import { AutoScaler } from '../scaling/auto-scaler.js'
import { ChangeQueue } from './change-queue.js'
import { FolderLock } from './folder-lock.js'
import { ProgramSet } from './program-set.js'
import type { ProgramStatus } from './program-status.js'
import { proxiesReach } from './proxies-reach.js'
import { RolloutStoppedError } from './rollout-stopped-error.js'
import { RunDocuments } from './run-documents.js'
import { RunFolder } from './run-folder.js'
import type { RunOptions } from './run-options.js'
import { UnknownProgramError } from './unknown-program-error.js'

/** Clients and proxies follow the run's document; they know a change of it after so long. */
const FOLLOW_MS = 500
const SCALE_EVERY_MS = 15_000

/** What a run holds from its start to its end. */
interface Holding {
  readonly folder: RunFolder
  readonly guard: GroupGuard
  readonly lock: FolderLock
  readonly context: PlanContext
}

/** A system that runs: every program of its document, supervised. */
export class Run {
  readonly folder: RunFolder
  readonly #options: RunOptions
  readonly #holding: Holding
  readonly #programs: ProgramSet
  readonly #documents: RunDocuments
  readonly #scaler: AutoScaler
  readonly #changes = new ChangeQueue()
  #plan: RunPlan
  /** Those of the plan of whom others are told. */
  #announced: readonly Instance[] = []
  #ready: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | undefined

  private constructor(options: RunOptions, holding: Holding, plan: RunPlan) {
    this.#options = options
    this.#holding = holding
    this.#plan = plan
    this.folder = holding.folder
    const { without = [], onEvent } = options
    this.#programs = new ProgramSet({ guard: holding.guard, without, onEvent })
    this.#documents = new RunDocuments(this.folder, options.file, holding.context.storePassword)
    this.#scaler = new AutoScaler(
      {
        services: () => this.#plan.system.services.values(),
        processesOf: (service) => this.#processesOf(service),
        scale: async (service, replicas, use) => {
          onEvent({ kind: 'scaled', service, replicas, use })
          await this.scale(service, replicas)
        },
      },
      options.scaleEveryMs ?? SCALE_EVERY_MS,
    )
  }

  /**
   * Prepares everything and starts it. Resolves once all programs are being started; `ready` tells when they are ready.
   *
   * @throws {@link AlreadyRunningError} when another run uses the folder
   * @throws {@link PortTakenError} when a port that the document names is taken
   * @throws `EngineMissingError` when an engine that the document names is not installed
   */
  static async start(options: RunOptions): Promise<Run> {
    const { file, text, system } = options
    const folder = new RunFolder(resolve(options.folder ?? resolve(dirname(file), '.watertight')))
    await folder.create()
    const guard = new GroupGuard()
    let lock: FolderLock | undefined
    try {
      lock = await FolderLock.take(folder.path, guard.pid)
      const context: PlanContext = {
        folder: dirname(resolve(file)),
        watertight: options.watertight,
        places: folder,
        storePassword: await folder.password(),
        environment: options.environment ?? {},
        tracesUrl: options.tracesUrl,
        ports: options.ports ?? {},
      }
      const plan = await planRun({ text, system, replicas: new Map() }, context)
      if (plan.ports.engines.size > 0 && process.getuid?.() === 0) await folder.letEnginesIn()
      const run = new Run(options, { folder, guard, lock, context }, plan)
      await run.#begin()
      return run
    } catch (error) {
      guard.close()
      await lock?.release()
      throw error
    }
  }

  /** Resolves once every program has been ready once, and every proxy has found that it reaches them. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** Where the gateway takes in requests; undefined when the document has none. */
  get gatewayUrl(): string | undefined {
    const { listen } = this.#plan.system.gateway
    if (listen === undefined) return undefined
    return `${listen.tls === undefined ? 'http' : 'https'}://localhost:${this.#plan.ports.gateway}`
  }

  /** The certificate file of who vouches for the gateway; undefined without TLS, and where the document brings its own. */
  get gatewayAuthority(): string | undefined {
    const tls = this.#plan.system.gateway.listen?.tls
    if (tls === undefined || bringsCertificate(tls, this.#holding.context.folder)) return undefined
    return this.folder.authority
  }

  /** The document in force. */
  get system(): SystemModel {
    return this.#plan.system
  }

  /** The URLs of the stores that the run serves, by their names in the document. Each has a password in it. */
  get stores(): ReadonlyMap<string, string> {
    const { system, ports } = this.#plan
    const { storePassword: password } = this.#holding.context
    return new Map(
      servedStores(system).map((store) => [store.name, servedStoreUrl(store, system, { ports, password })]),
    )
  }

  status(): ProgramStatus[] {
    return this.#programs.inStopOrder().map(({ status }) => status)
  }

  /** The last lines that a program wrote. */
  lines(name: string, count: number): string[] {
    return this.#program('show the log of', name).lines.last(count)
  }

  /**
   * Restarts a program, or all replicas of a service one after the other: of several, the others answer meanwhile. The gateway
   * takes requests all the time.
   *
   * @throws {@link UnknownProgramError} when there is none of that name
   * @throws {@link RolloutStoppedError} when a replica does not come up again, and others are left
   */
  async restart(name: string): Promise<void> {
    const replicas = this.#plan.instances.filter(({ service }) => service.name === name)
    const named =
      replicas.length > 0
        ? replicas.map((instance) => instance.name)
        : [this.#program('restart', name).program.name]
    await this.#changes.make(async () => {
      for (const one of named) {
        const program = this.#programs.get(one)
        if (program?.program.restartsInPlace !== true) await this.#apart(one, () => this.#start(one))
        else if (!(await program.replaceInPlace()))
          throw new RolloutStoppedError(one, 'does not start anew', 'what answered before goes on')
      }
    })
  }

  /**
   * Runs so many replicas of a service from now on.
   *
   * @throws {@link UnknownProgramError} when there is no such service
   */
  async scale(service: string, replicas: number): Promise<void> {
    const own = this.#plan.instances.find((instance) => instance.service.name === service)
    if (own === undefined) throw new UnknownProgramError('scale', service, this.#serviceNames(), 'service')
    if (own.version !== undefined)
      throw new RangeError(`cannot scale ${service}: it has versions, of which each has one process`)
    if (!Number.isInteger(replicas) || replicas < 1 || replicas > 100)
      throw new RangeError(
        `cannot scale ${service}: replicas must be an integer from 1 to 100, got ${replicas}`,
      )
    await this.#changes.make(async () => {
      const { text, system, replicas: former } = this.#plan
      await this.#reconcile({ text, system, replicas: new Map(former).set(service, replicas) })
    })
  }

  /** Takes over a changed document: its values at once, and its programs as far as they differ. */
  async change(system: SystemModel, text: string): Promise<void> {
    await this.#changes.make(() => this.#reconcile({ system, text, replicas: this.#plan.replicas }))
  }

  /** Stops everything in order: the gateway takes no more, then callers before those that they call. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#end(this.#programs.stop())
    await this.#stopped
  }

  /** Ends everything now. */
  async kill(): Promise<void> {
    await this.#end(this.#programs.kill())
  }

  async #end(programs: Promise<void>): Promise<void> {
    this.#scaler.close()
    // What a change under way waits for ends with the programs, and it starts no more.
    await programs
    await this.#changes.close()
    this.#holding.guard.close()
    await this.folder.forgetPlace()
    await this.#holding.lock.release()
  }

  async #begin(): Promise<void> {
    await this.folder.forgetPlace()
    await this.#keepCertificates()
    await this.#announce(this.#plan.instances)
    this.#programs.add(this.#plan.programs)
    const { onEvent } = this.#options
    onEvent({ kind: 'planned', programs: this.#programs.names })
    const made = madeInPlace(this.#plan.system.gateway.listen?.tls, this.#holding.context.folder)
    if (made !== undefined) onEvent({ kind: 'document', text: made })
    this.#ready = this.#programs.start((program) => program.start()).then(() => this.#proxiesReach())
  }

  async #proxiesReach(): Promise<void> {
    if (this.#programs.isStopping) return
    const startedAt = performance.now()
    for (const { proxy, services } of await proxiesReach(this.#programs.planned)) {
      const seconds = (performance.now() - startedAt) / 1_000
      const how = `it does not reach ${services.join(', ')}, and turns away what is sent there`
      this.#options.onEvent({ kind: 'slow', program: proxy, seconds, how })
    }
  }

  /** Nothing has changed where a port that is wanted is taken. */
  async #reconcile(source: PlanSource): Promise<void> {
    this.#plan = await planRun(source, this.#holding.context, this.#plan)
    const { programs, instances } = this.#plan
    await this.#keepCertificates()
    // Others hear of who joins once it is ready, and forget who leaves before it stops.
    await this.#announce(instances.filter(({ name }) => this.#programs.get(name) !== undefined))
    this.#programs.add(programs)
    for (const program of programs) {
      const before = this.#programs.get(program.name)
      if (before === undefined || isDeepStrictEqual(before.program, program)) continue
      await this.#apart(program.name, async () => {
        this.#programs.replace(program.name)
        return await this.#start(program.name)
      })
    }
    await this.#programs.start((program) => program.settled())
    await this.#announce(instances)
    const leaving = this.#programs.leaving()
    if (leaving.length > 0) await sleep(FOLLOW_MS)
    for (const program of leaving) await this.#programs.remove(program)
  }

  /** Stops a program and has it started again, with nobody sent to it meanwhile where others answer in its place. */
  async #apart(name: string, start: () => Promise<boolean>): Promise<void> {
    const instance = this.#plan.instances.find((one) => name === one.name || name === `${one.name}-sidecar`)
    const isOneOfSeveral = instance !== undefined && hasSiblings(instance, this.#plan.instances)
    if (isOneOfSeveral) {
      await this.#announce(this.#announced.filter((other) => other !== instance))
      await sleep(FOLLOW_MS)
    }
    await this.#programs.get(name)?.stop()
    const isReady = await start()
    if (!isOneOfSeveral || this.#programs.isStopping) return
    if (!isReady) throw new RolloutStoppedError(name, 'does not become ready')
    await this.#announce([...this.#announced.filter((other) => other !== instance), instance])
    // The next one goes only when this one is known.
    await sleep(FOLLOW_MS)
  }

  /** Whether it has become ready. */
  async #start(name: string): Promise<boolean> {
    const program = this.#programs.get(name)
    return program !== undefined && !this.#programs.isStopping && (await program.settled())
  }

  /** Tells clients and proxies who answers for their services. */
  async #announce(instances: readonly Instance[]): Promise<void> {
    this.#announced = instances
    await this.#documents.write(this.#plan, instances)
  }

  async #keepCertificates(): Promise<void> {
    const { mutualTls, gateway } = this.#plan.system
    if (mutualTls || gateway.listen?.tls !== undefined)
      await keepCertificates(this.folder.certificates, this.#plan.system, new Date())
  }

  #processesOf(service: string): { readonly pid: number | undefined; readonly isReady: boolean }[] {
    return this.#plan.instances
      .filter((instance) => instance.service.name === service)
      .flatMap(({ name }) => this.#programs.get(name) ?? [])
      .map(({ pid, state }) => ({ pid, isReady: state === 'ready' }))
  }

  #program(action: string, name: string): SupervisedProgram {
    const found = this.#programs.get(name)
    if (found !== undefined) return found
    throw new UnknownProgramError(action, name, [
      ...new Set([...this.#programs.names, ...this.#serviceNames()]),
    ])
  }

  #serviceNames(): string[] {
    return [...new Set(this.#plan.instances.map(({ service }) => service.name))]
  }
}
