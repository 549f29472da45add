import { setTimeout as sleep } from 'node:timers/promises'
import { serviceNames, type ServiceName } from '../services/names.js'
import { Monotonic } from './monotonic.js'
import type { ServiceStatus, SystemStatus } from './system-status.js'

const ASK_EVERY_MS = 250
/** A service that takes longer to say how it is counts as silent. */
const PATIENCE_MS = 500

/** Asks one service how it is; rejects when it does not answer within `limitMs`. */
export type AskStatus = (service: ServiceName, limitMs: number) => Promise<ServiceStatus>

/**
 * Asks every service how it is, each by itself, and remembers what it said last. So whoever shows the status never
 * waits for a service that hangs.
 */
export class StatusWatch {
  readonly #ask: AskStatus
  readonly #now: () => number
  readonly #latest = new Map<ServiceName, ServiceStatus>()
  readonly #answeredAtMs = new Map<ServiceName, number>()
  readonly #totals = new Monotonic()
  readonly #stop = new AbortController()

  constructor(ask: AskStatus, now: () => number = () => performance.now()) {
    this.#ask = ask
    this.#now = now
    for (const name of serviceNames) this.#answeredAtMs.set(name, now())
  }

  /** Asks every service again and again. */
  start(): void {
    for (const name of serviceNames) void this.#askUntilStopped(name)
  }

  stop(): void {
    this.#stop.abort()
  }

  /** Asks one service once. */
  async ask(name: ServiceName): Promise<void> {
    const status = await this.#ask(name, PATIENCE_MS).catch(() => undefined)
    if (status === undefined) return
    this.#answeredAtMs.set(name, this.#now())
    const { pid, served, edges } = status
    this.#latest.set(name, {
      ...status,
      served: this.#totals.total(name, pid, { ...served }),
      edges: edges.map(({ to, breaker, durations, ...counts }) => ({
        to,
        breaker,
        durations: this.#totals.total(`${name} > ${to}, durations`, pid, { ...durations }),
        ...this.#totals.total(`${name} > ${to}`, pid, counts),
      })),
    })
  }

  /** What is known now, at once. */
  current(): SystemStatus {
    const statuses = [...this.#latest.values()]
    const orders = this.#latest.get('order')?.orders
    const silent = serviceNames
      .map((service) => ({ service, forMs: this.#now() - (this.#answeredAtMs.get(service) ?? 0) }))
      .filter(({ forMs }) => forMs > ASK_EVERY_MS + PATIENCE_MS)
    return {
      edges: serviceNames.flatMap((from) =>
        (this.#latest.get(from)?.edges ?? []).map((edge) => ({ from, ...edge })),
      ),
      faults: statuses.flatMap(({ service, faults: plan }) => (plan === null ? [] : [{ service, plan }])),
      served: Object.fromEntries(statuses.map(({ service, served }) => [service, served])),
      ...(orders === undefined ? {} : { orders }),
      silent,
    }
  }

  async #askUntilStopped(name: ServiceName): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.ask(name)
      await sleep(ASK_EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }
}
