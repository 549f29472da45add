import { systemClock, systemRandom } from '@watertight/policy/decisions'
import { OptionError } from '@watertight/policy'
import { type Fault, type FaultInForce, type FaultRule, Faults } from '@watertight/traffic'

/** What is forwarded, as far as a fault may look at it. */
export interface SentRequest {
  readonly method: string
  /** The path with its query. */
  readonly target: string
}

/** What is to go wrong with the attempts at one service; `undefined` for nothing any more. */
export interface FaultChange {
  readonly to: string
  readonly rule: FaultRule | undefined
}

/** A service that is called from here, and what goes wrong with it on purpose. */
export interface StruckDestination {
  readonly name: string
  readonly faults: readonly FaultInForce[]
}

/**
 * Faults that somebody has started while the proxy runs. They strike attempts, behind all policies, so that breakers, retries and
 * ejection see what they would see of a callee that is slow or failing. Each ends by itself, and outlives a change of the document.
 */
export class InjectedFaults {
  private readonly byService: Map<string, Faults> = new Map()

  /** What goes wrong with an attempt that begins now. `service` may name a version, as `order@canary` does. */
  strike(service: string, now: number, { method, target }: SentRequest): Fault | undefined {
    if (this.byService.size === 0) return undefined
    return this.byService.get(withoutVersion(service))?.strike(now, { method, path: target })
  }

  /** Puts a rule in force in place of the one before, or ends it. Answers why it cannot, if it cannot. */
  change({ to, rule }: FaultChange, destinations: readonly string[]): string | undefined {
    if (!servicesOf(destinations).includes(to))
      return `to must be one of ${servicesOf(destinations).join(', ')}, got ${to}`
    if (rule === undefined) return void this.byService.delete(to)
    const faults = new Faults(systemRandom)
    try {
      faults.inject([rule], systemClock.now())
    } catch (error) {
      if (error instanceof OptionError) return error.message
      throw error
    }
    this.byService.set(to, faults)
    return undefined
  }

  /** How all services that are called from here stand; what has ended by itself is forgotten. */
  stands(destinations: readonly string[]): StruckDestination[] {
    const now = systemClock.now()
    return servicesOf(destinations).map((name) => {
      const faults = this.byService.get(name)?.inForce(now) ?? []
      if (faults.length === 0) this.byService.delete(name)
      return { name, faults }
    })
  }
}

const withoutVersion = (name: string): string => {
  const at = name.indexOf('@')
  return at < 0 ? name : name.slice(0, at)
}

const servicesOf = (destinations: readonly string[]): string[] => [
  ...new Set(destinations.map(withoutVersion)),
]
