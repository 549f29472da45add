import type { SystemModel } from '@watertight/manifest'
import type { ServiceTelemetry } from '@watertight/telemetry'
import { type AdminFacts, type AdminQuestion, factsOf } from './admin/admin-facts.js'
import { AdminServer } from './admin/admin-server.js'
import { Listener } from './listener/listener.js'
import type { ProxyOptions } from './proxy-options.js'
import { ProxyParts } from './proxy-parts.js'

/** A port of a running proxy, and what it is for: `gateway`, `inbound`, or the service that is called by it. */
export interface ListeningPort {
  readonly name: string
  readonly port: number
}

/**
 * A gateway, or the sidecar of one service.
 *
 * @throws {Error} when the document does not say where a service answers
 */
export class Proxy {
  private readonly parts: ProxyParts
  private readonly admin: AdminServer | undefined

  constructor(options: ProxyOptions) {
    const { adminPort } = options
    this.parts = new ProxyParts(options)
    this.admin = adminPort === undefined ? undefined : new AdminServer(adminPort, this)
  }

  /** Whether it takes requests. */
  get ready(): boolean {
    return this.parts.ready
  }

  get telemetry(): ServiceTelemetry {
    return this.parts.telemetry
  }

  get ports(): readonly ListeningPort[] {
    const ports = Array.from(this.parts.listeners, ([name, { port }]) => ({ name, port }))
    return this.admin === undefined ? ports : [...ports, { name: 'admin', port: this.admin.port }]
  }

  /** What its admin listener would answer, for a process that speaks for several. */
  ask<Q extends AdminQuestion>(what: Q, words?: string): AdminFacts[Q] {
    return factsOf(this.parts, what, words) as AdminFacts[Q]
  }

  /** Writes the lines of the access log that have gathered. */
  flushLog(): void {
    this.parts.log?.flush()
  }

  /** Rejects when a port cannot be had; nothing listens then. */
  async listen(): Promise<void> {
    try {
      for (const listener of this.parts.listeners.values()) await listener.listen()
      await this.admin?.listen()
    } catch (error) {
      this.destroy()
      throw error
    }
    this.parts.checks.start()
    this.parts.ready = true
  }

  /**
   * Takes over another document: requests that come from now on go by it, those under way end as they began, and no
   * connection closes. What was learnt of endpoints and circuits is kept. Rejects for a document that cannot be taken
   * over, and the former stays in force.
   *
   * @throws {UnreachableServiceError} when the document does not say where a service answers
   * @throws {FixedListenerError} when a listener would have to move
   */
  async reload(model: SystemModel): Promise<void> {
    const { parts } = this
    const { listeners } = parts
    const wanted = parts.pool.anew(() => {
      const all = parts.wantedBy(model)
      for (const [name, options] of all) listeners.get(name)?.requireStays(name, options)
      return all
    })
    parts.model = model
    const added: Listener[] = []
    for (const [name, options] of wanted) {
      const known = listeners.get(name)
      if (known !== undefined) {
        known.update(options)
        continue
      }
      const listener = new Listener(options)
      listeners.set(name, listener)
      added.push(listener)
    }
    for (const [name, listener] of listeners) {
      if (wanted.has(name)) continue
      listeners.delete(name)
      void listener.drain()
    }
    await Promise.all(added.map((listener) => listener.listen()))
  }

  /** Takes in nothing new, and resolves when all that was under way has ended. */
  async drain(): Promise<void> {
    await this.parts.drainListeners()
    this.destroy()
  }

  destroy(): void {
    this.parts.destroy()
    this.admin?.close()
  }
}
