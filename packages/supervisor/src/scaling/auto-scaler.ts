import type { ServiceModel } from '@watertight/manifest'
import { percentageShare } from '@watertight/manifest/units'
import { groupCpuMs } from './group-cpu.js'
import { ReplicaScaler } from './replica-scaler.js'

/** A process of a service, as far as scaling is concerned. */
export interface ScaledProcess {
  readonly pid: number | undefined
  readonly isReady: boolean
}

/** What there is to scale, and how. */
export interface ScalingPort {
  services(): Iterable<ServiceModel>
  processesOf(service: string): readonly ScaledProcess[]
  scale(service: string, replicas: number, use: number): Promise<void>
}

interface Sample {
  readonly atMs: number
  readonly usedMs: ReadonlyMap<number, number>
}

/**
 * Runs as many replicas of each service as its use of the processor asks for, where the document has `scale.max` and
 * `scale.cpu`. Looks at it every 15 s, as Kubernetes does.
 */
export class AutoScaler {
  readonly #port: ScalingPort
  readonly #scalers = new Map<string, { readonly scaler: ReplicaScaler; readonly by: string }>()
  readonly #timer: NodeJS.Timeout
  #before: Sample | undefined
  #isLooking = false

  constructor(port: ScalingPort, everyMs: number) {
    this.#port = port
    this.#timer = setInterval(() => void this.#look(), everyMs).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    // Starting replicas can take longer than the time between two looks.
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const usedMs = await groupCpuMs()
      if (usedMs === undefined) return
      const now: Sample = { atMs: performance.now(), usedMs }
      const before = this.#before
      this.#before = now
      if (before === undefined) return
      for (const service of this.#port.services()) await this.#decide(service, before, now)
    } catch {
      // The run is being stopped, or the change was refused and told: the next look decides anew.
    } finally {
      this.#isLooking = false
    }
  }

  async #decide(service: ServiceModel, before: Sample, now: Sample): Promise<void> {
    const scaler = this.#scalerOf(service)
    if (scaler === undefined) return
    const processes = this.#port.processesOf(service.name)
    const ready = processes.flatMap(({ pid, isReady }) => {
      const used = pid === undefined ? undefined : now.usedMs.get(pid)
      const formerly = pid === undefined ? undefined : before.usedMs.get(pid)
      if (!isReady || used === undefined || formerly === undefined) return []
      return [Math.max(0, used - formerly) / (now.atMs - before.atMs)]
    })
    const replicas = scaler.decide(now.atMs, { ready, unready: processes.length - ready.length })
    if (replicas === processes.length) return
    const use = ready.reduce((sum, share) => sum + share, 0) / Math.max(1, ready.length)
    await this.#port.scale(service.name, replicas, use)
  }

  #scalerOf({ name, document, versions, replicasMin }: ServiceModel): ReplicaScaler | undefined {
    const { max, cpu } = document.scale ?? {}
    const min = replicasMin ?? 1
    if (max === undefined || cpu === undefined || max <= min || versions.size > 0) return undefined
    const by = `${min} ${max} ${cpu}`
    const known = this.#scalers.get(name)
    if (known?.by === by) return known.scaler
    const scaler = new ReplicaScaler({ min, max, target: percentageShare(cpu) })
    this.#scalers.set(name, { scaler, by })
    return scaler
  }
}
