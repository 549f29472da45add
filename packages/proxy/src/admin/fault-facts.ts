import type { FaultChange, StruckDestination } from '../faults/injected-faults.js'
import type { AdminSubject } from './admin-subject.js'

/** What goes wrong on purpose at a proxy. */
export interface FaultFacts {
  /** Whose calls it forwards: `gateway`, or the service that it stands beside. */
  readonly service: string
  /** The services that it calls; its own process is one of them. */
  readonly destinations: readonly StruckDestination[]
  /** Why what was asked for was not done; null when nothing was asked for, or it was done. */
  readonly refused: string | null
}

/** Makes a change where one is asked for, as JSON, and tells how it stands then. */
export function faultFacts({ faults, pool, service }: AdminSubject, change?: string): FaultFacts {
  const names = pool.destinations.map(({ name }) => name)
  const refused = change === undefined ? undefined : faults.change(JSON.parse(change) as FaultChange, names)
  return { service, destinations: faults.stands(names), refused: refused ?? null }
}

/** Of several workers: each strikes by itself. */
export function mergedFaults(answers: readonly FaultFacts[]): FaultFacts {
  const [first, ...others] = answers
  return {
    ...first!,
    destinations: first!.destinations.map((destination) => ({
      name: destination.name,
      faults: destination.faults.map((fault, index) => {
        const all = others.map(({ destinations }) => {
          return destinations.find(({ name }) => name === destination.name)?.faults[index]?.struck ?? 0
        })
        return { ...fault, struck: all.reduce((sum, struck) => sum + struck, fault.struck) }
      }),
    })),
  }
}
