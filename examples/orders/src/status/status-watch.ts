import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EdgeStatus } from '../http/edges.js'
import {
  proxyNames,
  serviceNames,
  type ProcessName,
  type ProxyName,
  type ServiceName,
} from '../services/names.js'
import { Monotonic } from './monotonic.js'
import type { ProxyWork } from './proxy-work.js'
import type { EdgeLine, ServiceStatus, SystemStatus } from './system-status.js'

const ASK_EVERY_MS = 250
/** Theirs is a longer text, which takes both sides longer. */
const ASK_PROXIES_EVERY_MS = 500
/** A process that takes longer to say how it is counts as silent. */
const PATIENCE_MS = 500

/** Asks a process how it is; rejects when it does not answer within `limitMs`. */
export interface AskStatus {
  readonly service: (service: ServiceName, limitMs: number) => Promise<ServiceStatus>
  readonly proxy: (proxy: ProxyName, limitMs: number) => Promise<ProxyWork & { readonly pid: number }>
}

/**
 * Asks every process how it is, each by itself, and remembers what it said last. So whoever shows the status never
 * waits for one that hangs.
 */
export class StatusWatch {
  readonly #ask: AskStatus
  readonly #proxies: readonly ProxyName[]
  readonly #now: () => number
  readonly #services = new Map<ServiceName, ServiceStatus>()
  readonly #figures = new Map<ProxyName, ProxyWork>()
  readonly #answeredAtMs = new Map<ProcessName, number>()
  readonly #totals = new Monotonic()
  readonly #stop = new AbortController()

  /** `proxies` are those that run. */
  constructor(
    ask: AskStatus,
    proxies: readonly ProxyName[] = proxyNames,
    now: () => number = () => performance.now(),
  ) {
    this.#ask = ask
    this.#proxies = proxies
    this.#now = now
    for (const name of [...serviceNames, ...proxies]) this.#answeredAtMs.set(name, now())
  }

  /** Asks every process again and again. */
  start(): void {
    // Each process has a wait of its own.
    setMaxListeners(0, this.#stop.signal)
    for (const name of serviceNames) void this.#untilStopped(ASK_EVERY_MS, () => this.ask(name))
    for (const name of this.#proxies) {
      void this.#untilStopped(ASK_PROXIES_EVERY_MS, () => this.askProxy(name))
    }
  }

  stop(): void {
    this.#stop.abort()
  }

  /** Asks one service once. */
  async ask(name: ServiceName): Promise<void> {
    const status = await this.#ask.service(name, PATIENCE_MS).catch(() => undefined)
    if (status === undefined) return
    this.#answeredAtMs.set(name, this.#now())
    const { pid, served, edges } = status
    this.#services.set(name, {
      ...status,
      served: this.#totals.total(name, pid, { ...served }),
      edges: this.#counted(name, pid, edges),
    })
  }

  /** Asks one proxy once. */
  async askProxy(name: ProxyName): Promise<void> {
    const answer = await this.#ask.proxy(name, PATIENCE_MS).catch(() => undefined)
    if (answer === undefined) return
    this.#answeredAtMs.set(name, this.#now())
    const { pid, own, behind, edges } = answer
    this.#figures.set(name, {
      own: this.#totals.total(`${name}, own`, pid, { ...own }),
      behind: this.#totals.total(`${name}, behind`, pid, { ...behind }),
      edges: this.#counted(name, pid, edges),
    })
  }

  /** What is known now, at once. */
  current(): SystemStatus {
    const orders = this.#services.get('order')?.orders
    const silent = [...this.#answeredAtMs]
      .map(([service, answeredAtMs]) => ({ service, forMs: this.#now() - answeredAtMs }))
      .filter(({ forMs }) => forMs > ASK_PROXIES_EVERY_MS + PATIENCE_MS)
    return {
      edges: this.#edges(),
      faults: [...this.#services].flatMap(([service, { faults: plan }]) =>
        plan === null ? [] : [{ service, plan }],
      ),
      served: Object.fromEntries([...this.#services].map(([name, { served }]) => [name, served])),
      proxies: Object.fromEntries(this.#figures),
      ...(orders === undefined ? {} : { orders }),
      silent,
    }
  }

  #edges(): EdgeLine[] {
    const ofGateway = this.#figures.get('gateway')?.edges ?? []
    return [
      ...ofGateway.map((edge) => ({ ...edge, from: 'gateway', to: versionName(edge.to) })),
      ...(['order', 'canary'] as const).flatMap((from) => {
        const bySidecar = this.#figures.get(`${from}-sidecar`)?.edges ?? []
        // What the process leaves to its sidecar has no breaker there.
        const ofProcess = this.#services.get(from)?.edges ?? []
        return ofProcess.map((edge) => ({
          ...(edge.breaker === 'off' ? (bySidecar.find(({ to }) => to === edge.to) ?? edge) : edge),
          durations: edge.durations,
          from,
        }))
      }),
    ]
  }

  #counted(name: ProcessName, pid: number, edges: readonly EdgeStatus[]): EdgeStatus[] {
    return edges.map(({ to, breaker, durations, ...counts }) => ({
      to,
      breaker,
      durations: this.#totals.total(`${name} > ${to}, durations`, pid, { ...durations }),
      ...this.#totals.total(`${name} > ${to}`, pid, counts),
    }))
  }

  async #untilStopped(everyMs: number, ask: () => Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await ask()
      await sleep(everyMs, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }
}

/** `order@canary` is called `canary` here, and `order@stable` just `order`. */
function versionName(destination: string): string {
  return destination.replace(/^order@stable$/, 'order').replace(/^order@canary$/, 'canary')
}
