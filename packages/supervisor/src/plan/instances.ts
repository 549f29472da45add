import type { ServiceModel, SystemModel } from '@watertight/manifest'

/** One process of a service. */
export interface Instance {
  /** `order`, and `order-2` for its second replica; of a version, `order-canary`. */
  readonly name: string
  readonly service: ServiceModel
  readonly version: string | undefined
  /** The ports that the document names are those of the first replica. */
  readonly isFirst: boolean
  /** Whether a sidecar stands beside it. */
  readonly hasSidecar: boolean
}

/**
 * The processes that a run has: of each service that says how it is run, its replicas, or one of each version. `replicas`
 * has those numbers that differ from the document's.
 */
export function instancesOf(
  system: SystemModel,
  replicas: ReadonlyMap<string, number> = new Map(),
): Instance[] {
  return [...system.services.values()]
    .filter(({ isOurs, document }) => isOurs && document.run !== undefined)
    .flatMap((service): Instance[] => {
      const hasSidecar = needsSidecar(service, system)
      const { name, versions, replicasMin } = service
      if (versions.size > 0) {
        return [...versions.keys()].map((version) => ({
          name: `${name}-${version}`,
          service,
          version,
          isFirst: true,
          hasSidecar,
        }))
      }
      return Array.from({ length: replicas.get(name) ?? replicasMin ?? 1 }, (_, index) => ({
        name: index === 0 ? name : `${name}-${index + 1}`,
        service,
        version: undefined,
        isFirst: index === 0,
        hasSidecar,
      }))
    })
}

/** Whether another process answers for the service while this one does not. */
export function hasSiblings(instance: Instance, all: readonly Instance[]): boolean {
  return (
    instance.version === undefined &&
    all.some((other) => other !== instance && other.service.name === instance.service.name)
  )
}

function needsSidecar({ enforce, calls }: ServiceModel, { mutualTls }: SystemModel): boolean {
  return mutualTls || enforce === 'sidecar' || calls.some((call) => call.enforce === 'sidecar')
}
