import type { ProbingModel } from '@watertight/manifest'
import { systemClock } from '@watertight/policy/decisions'
import type { UpstreamTls } from '../tls/upstream-tls.js'
import { askStatus } from './ask-status.js'
import { targetOf } from './target-of.js'
import type { ConnectionTarget } from './open-socket.js'

/** How soon an endpoint that is left out is asked again: nobody should wait for a service that is back already. */
const RETURN_MS = 500

/** Asks one endpoint at each interval whether it takes requests, and judges by several answers in a row. */
export class EndpointProbe {
  private readonly authority: string
  private readonly target: ConnectionTarget
  private readonly speaksHttp2: boolean
  private path: string = '/'
  private rules: ProbingModel = { intervalMs: Infinity, unhealthy: 1, healthy: 1 }
  private listeners: ((healthy: boolean) => void)[] = []
  private isHealthy: boolean = true
  /** It has answered rightly before: one that is still starting is used as soon as it does. */
  private hasStarted: boolean = false
  /** Answers in a row that speak against what it is held for. */
  private against: number = 0
  private dueAt: number = -Infinity
  private cancel: (() => void) | undefined = undefined

  constructor(
    origin: string,
    {
      tls,
      speaksHttp2 = false,
    }: { readonly tls?: UpstreamTls | undefined; readonly speaksHttp2?: boolean | undefined },
  ) {
    this.authority = new URL(origin).host
    this.speaksHttp2 = speaksHttp2
    this.target = targetOf(origin, tls, speaksHttp2)
  }

  /** What is asked from now on; whoever listened is to say so again. */
  renew(path: string, rules: ProbingModel): void {
    this.path = path
    this.rules = rules
    this.listeners = []
  }

  /** Tells now, and after each change. */
  tell(listener: (healthy: boolean) => void): void {
    this.listeners.push(listener)
    listener(this.isHealthy)
  }

  /** Asks if it is time, and answers when it will be again. What has not been answered by then is a wrong answer. */
  run(now: number): number {
    if (now < this.dueAt) return this.dueAt
    if (this.cancel !== undefined) {
      // This process was busy itself, and may not have read an answer that came in time.
      const late = now - this.dueAt
      if (late > this.intervalMs / 2) return (this.dueAt = now + this.intervalMs)
      this.giveUp()
      this.answered(false)
    }
    this.cancel = askStatus(this.target, this.authority, this.path, this.speaksHttp2, (status) => {
      this.cancel = undefined
      this.answered(status !== undefined && status >= 200 && status < 300)
    })
    this.dueAt = now + this.intervalMs
    return this.dueAt
  }

  private get intervalMs(): number {
    const { intervalMs } = this.rules
    return this.isHealthy ? intervalMs : Math.min(intervalMs, RETURN_MS)
  }

  /** For good. */
  stop(): void {
    this.giveUp()
    this.target.secure?.close()
  }

  private giveUp(): void {
    this.cancel?.()
    this.cancel = undefined
  }

  private answered(rightly: boolean): void {
    const { unhealthy, healthy } = this.rules
    const needed = this.isHealthy ? unhealthy : this.hasStarted ? healthy : 1
    this.hasStarted ||= rightly
    if (rightly === this.isHealthy) {
      this.against = 0
      return
    }
    this.against += 1
    if (this.against < needed) return
    this.against = 0
    this.isHealthy = rightly
    this.dueAt = Math.min(this.dueAt, systemClock.now() + this.intervalMs)
    for (const listener of this.listeners) listener(rightly)
  }
}
