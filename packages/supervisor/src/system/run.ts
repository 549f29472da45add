import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { SystemModel } from '@watertight/manifest'
import { type Instance, instancesOf } from '../plan/instances.js'
import { planPrograms } from '../plan/plan-programs.js'
import { runPorts, type RunPorts } from '../plan/run-ports.js'
import { GroupGuard } from '../processes/group-guard.js'
import { SupervisedProgram } from '../processes/supervised-program.js'
import { AutoScaler, type ScalingPort } from '../scaling/auto-scaler.js'
import { AlreadyRunningError } from './already-running-error.js'
import type { ProgramStatus } from './program-status.js'
import { RunDocuments } from './run-documents.js'
import type { RunEvent } from './run-event.js'
import { RunFolder } from './run-folder.js'
import { UnknownProgramError } from './unknown-program-error.js'

export interface RunOptions {
  /** The document that people edit. */
  readonly file: string
  readonly text: string
  readonly system: SystemModel
  /** Where the run keeps its documents and certificates. Default: `.watertight` beside the document. */
  readonly folder?: string
  /** Starts `watertight proxy`; its options follow. */
  readonly proxyCommand: readonly [string, ...string[]]
  /** Makes the certificates that a document asks for, beside it. */
  readonly makeCertificates: (file: string) => Promise<void>
  /** Hears of everything that happens. */
  readonly onEvent: (event: RunEvent) => void
  /** How often the use of the processor is looked at for `scale.cpu`. Default 15 s. */
  readonly scaleEveryMs?: number
}

/** Clients and proxies follow the run's document; they know a change of it after so long. */
const FOLLOW_MS = 500
const SCALE_EVERY_MS = 15_000

/** A system that runs: every program of its document, supervised. */
export class Run {
  readonly folder: RunFolder
  readonly #options: RunOptions
  readonly #guard = new GroupGuard()
  readonly #programs = new Map<string, SupervisedProgram>()
  #replicas: ReadonlyMap<string, number> = new Map()
  #system: SystemModel
  #text: string
  #instances: readonly Instance[] = []
  #ports: RunPorts = { gateway: 0, gatewayAdmin: 0, instances: new Map() }
  readonly #documents: RunDocuments
  readonly #scaler: AutoScaler
  /** One change after the other. */
  #last: Promise<unknown> = Promise.resolve()
  #isStopping = false

  private constructor(options: RunOptions) {
    this.#options = options
    this.#system = options.system
    this.#text = options.text
    this.folder = new RunFolder(resolve(options.folder ?? resolve(dirname(options.file), '.watertight')))
    this.#documents = new RunDocuments(this.folder, options.file)
    this.#scaler = new AutoScaler(this.#scaling(), options.scaleEveryMs ?? SCALE_EVERY_MS)
  }

  /**
   * Prepares everything and starts it. Resolves once all programs run; `ready` tells when they are ready.
   *
   * @throws {@link AlreadyRunningError} when another run uses the folder
   * @throws {@link PortTakenError} when a port that the document names is taken
   */
  static async start(options: RunOptions): Promise<Run> {
    const run = new Run(options)
    const other = await run.folder.place()
    if (other !== undefined) throw new AlreadyRunningError(run.folder.path, other.pid)
    run.#instances = instancesOf(run.#system)
    try {
      run.#ports = await runPorts(run.#system, run.#instances)
      await run.folder.create()
      await run.#announce(run.#instances)
      if (needsCertificates(run.#system)) await options.makeCertificates(run.folder.documentFor(undefined))
    } catch (error) {
      run.#scaler.close()
      run.#guard.close()
      throw error
    }
    run.#addPrograms()
    options.onEvent({ kind: 'planned', programs: [...run.#programs.keys()] })
    run.#ready = Promise.all([...run.#programs.values()].map((program) => program.start())).then(() => {})
    return run
  }

  #ready: Promise<void> = Promise.resolve()

  /** Resolves once every program has been ready once. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** Where the gateway takes in requests; undefined when the document has none. */
  get gatewayUrl(): string | undefined {
    const { listen } = this.#system.gateway
    if (listen === undefined) return undefined
    return `${listen.tls === undefined ? 'http' : 'https'}://localhost:${this.#ports.gateway}`
  }

  status(): ProgramStatus[] {
    return this.#inStopOrder().map(({ program, state, pid, restarts, upForMs }) => ({
      name: program.name,
      kind: program.kind,
      service: program.service,
      state,
      pid: pid ?? null,
      port: program.port,
      restarts,
      upForMs: upForMs === undefined ? null : Math.round(upForMs),
    }))
  }

  /** The last lines that a program wrote. */
  lines(name: string, count: number): string[] {
    return this.#program('show the log of', name).lines.last(count)
  }

  /**
   * Restarts a program, or all replicas of a service one after the other: of several, the others answer meanwhile.
   *
   * @throws {@link UnknownProgramError} when there is none of that name
   */
  async restart(name: string): Promise<void> {
    const named = this.#programs.get(name)
    const replicas = this.#instances.filter(({ service }) => service.name === name)
    if (named === undefined && replicas.length === 0)
      throw new UnknownProgramError('restart', name, this.#names())
    await this.#exclusive(async () => {
      const several = replicas.length > 1 && replicas[0]?.version === undefined
      for (const instance of replicas.length > 1 ? replicas : []) {
        const others = this.#instances.filter((other) => other !== instance)
        if (several) {
          await this.#announce(others)
          await sleep(FOLLOW_MS)
        }
        await this.#restartProgram(instance.name)
        if (several) await this.#announce(this.#instances)
      }
      if (replicas.length <= 1) await this.#restartProgram(named?.program.name ?? replicas[0]?.name ?? name)
    })
  }

  /**
   * Runs so many replicas of a service from now on.
   *
   * @throws {@link UnknownProgramError} when there is no such service
   */
  async scale(service: string, replicas: number): Promise<void> {
    const own = this.#instances.find((instance) => instance.service.name === service)
    if (own === undefined) throw new UnknownProgramError('scale', service, this.#serviceNames())
    if (own.version !== undefined)
      throw new RangeError(`cannot scale ${service}: it has versions, of which each has one process`)
    if (!Number.isInteger(replicas) || replicas < 1 || replicas > 100)
      throw new RangeError(
        `cannot scale ${service}: replicas must be an integer from 1 to 100, got ${replicas}`,
      )
    await this.#exclusive(() =>
      this.#reconcile(this.#system, this.#text, new Map(this.#replicas).set(service, replicas)),
    )
  }

  /** Takes over a changed document: its values at once, and its programs as far as they differ. */
  async change(system: SystemModel, text: string): Promise<void> {
    await this.#exclusive(() => this.#reconcile(system, text, this.#replicas))
  }

  /** Stops everything in order: the gateway takes no more, then callers before those that they call. */
  async stop(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    for (const program of this.#inStopOrder()) await program.stop()
    await this.#close()
  }

  /** Ends everything now. */
  async kill(): Promise<void> {
    this.#isStopping = true
    await Promise.all([...this.#programs.values()].map((program) => program.kill()))
    await this.#close()
  }

  async #close(): Promise<void> {
    this.#scaler.close()
    this.#guard.close()
    await this.folder.forgetPlace()
  }

  #scaling(): ScalingPort {
    return {
      services: () => this.#system.services.values(),
      processesOf: (service) =>
        this.#instances
          .filter((instance) => instance.service.name === service)
          .flatMap(({ name }) => this.#programs.get(name) ?? [])
          .map(({ pid, state }) => ({ pid, isReady: state === 'ready' })),
      scale: async (service, replicas, use) => {
        this.#options.onEvent({ kind: 'scaled', service, replicas, use })
        await this.scale(service, replicas)
      },
    }
  }

  #exclusive(change: () => Promise<void>): Promise<void> {
    const result = this.#last.then(async () => {
      if (!this.#isStopping) await change()
    })
    this.#last = result.catch(() => {})
    return result
  }

  /** Nothing has changed where a port that is wanted is taken. */
  async #reconcile(system: SystemModel, text: string, replicas: ReadonlyMap<string, number>): Promise<void> {
    const former = new Map(this.#plan().map((program) => [program.name, program]))
    const instances = instancesOf(system, replicas)
    const ports = await runPorts(system, instances, this.#ports)
    this.#system = system
    this.#text = text
    this.#replicas = replicas
    this.#instances = instances
    this.#ports = ports
    const plan = this.#plan()
    const planned = new Set(plan.map(({ name }) => name))
    const staying = this.#instances.filter(({ name }) => former.has(name))
    // Others hear of who joins once it is ready, and forget who leaves before it stops.
    await this.#announce(staying)
    for (const program of plan) {
      const before = former.get(program.name)
      if (before === undefined || isDeepStrictEqual(before, program)) continue
      await this.#programs.get(program.name)?.stop()
      this.#programs.delete(program.name)
    }
    this.#addPrograms()
    await Promise.all([...this.#programs.values()].map((program) => program.start()))
    await this.#announce(this.#instances)
    const leaving = this.#inStopOrder().filter(({ program }) => !planned.has(program.name))
    if (leaving.length === 0) return
    await sleep(FOLLOW_MS)
    for (const program of leaving) {
      await program.stop()
      this.#programs.delete(program.program.name)
    }
  }

  async #restartProgram(name: string): Promise<void> {
    const program = this.#program('restart', name)
    await program.stop()
    await program.start()
  }

  /** Tells clients and proxies who answers for their services. */
  async #announce(instances: readonly Instance[]): Promise<void> {
    const source = { text: this.#text, system: this.#system, ports: this.#ports }
    await this.#documents.write(source, instances, this.#instances)
  }

  #plan() {
    return planPrograms({
      system: this.#system,
      instances: this.#instances,
      ports: this.#ports,
      folder: dirname(resolve(this.#options.file)),
      proxyCommand: this.#options.proxyCommand,
      documentFor: (instance) => this.folder.documentFor(instance),
    })
  }

  #addPrograms(): void {
    for (const program of this.#plan()) {
      if (this.#programs.has(program.name)) continue
      this.#programs.set(program.name, new SupervisedProgram(program, this.#guard, this.#options.onEvent))
    }
  }

  #inStopOrder(): SupervisedProgram[] {
    const order = new Map(this.#plan().map(({ name }, index) => [name, index]))
    const rank = ({ program }: SupervisedProgram) => order.get(program.name) ?? -1
    return [...this.#programs.values()].sort((a, b) => rank(a) - rank(b))
  }

  #program(action: string, name: string): SupervisedProgram {
    const found = this.#programs.get(name)
    if (found !== undefined) return found
    throw new UnknownProgramError(action, name, this.#names())
  }

  #names(): string[] {
    return [...new Set([...this.#programs.keys(), ...this.#serviceNames()])]
  }

  #serviceNames(): string[] {
    return [...new Set(this.#instances.map(({ service }) => service.name))]
  }
}

function needsCertificates({ mutualTls, gateway }: SystemModel): boolean {
  return mutualTls || gateway.listen?.tls !== undefined
}
