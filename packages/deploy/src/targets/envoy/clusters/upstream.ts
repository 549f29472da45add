import { isIP } from 'node:net'
import type { EndpointModel, ServiceModel, SystemModel } from '@watertight/manifest'
import { CompileError } from '../../../report/compile-error.js'

/** An address that requests are sent to. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Where the endpoints of a service, or of one version of it, are, under the name of their cluster. */
export interface Upstream {
  readonly name: string
  readonly service: ServiceModel
  readonly addresses: readonly Address[]
  readonly protocol: ServiceModel['protocol']
  /** Whether some address is a name, which Envoy then looks up itself. */
  readonly isNamed: boolean
  /** Whether it is called over TLS. */
  readonly isTls: boolean
}

export interface WantedUpstream {
  readonly cluster: string
  readonly service: string
  readonly version: string | undefined
}

/** @throws {CompileError} when the document does not say where it is */
export function upstream(model: SystemModel, { cluster, service: name, version }: WantedUpstream): Upstream {
  const service = model.services.get(name)
  if (service === undefined) throw new CompileError(`there is no service ${name}`)
  const endpoints = endpointsOf(service, version)
  const secure = endpoints.filter(({ tls }) => tls).length
  if (secure > 0 && secure < endpoints.length)
    throw new CompileError(`services.${name}.endpoints must be called over TLS all of them, or none`)
  return {
    name: cluster,
    service,
    addresses: endpoints.map(({ host, port }) => ({ host, port })),
    protocol: service.protocol,
    isNamed: endpoints.some(({ host }) => isIP(host) === 0),
    isTls: secure > 0,
  }
}

function endpointsOf(service: ServiceModel, version: string | undefined): readonly EndpointModel[] {
  const { name, versions } = service
  const found = version === undefined ? service.endpoints : versions.get(version)?.endpoints
  if (found === undefined) throw new CompileError(`services.${name} must have a version ${version}, got none`)
  if (found.length === 0)
    throw new CompileError(`services.${name} must have endpoints or a port, got neither`)
  return found
}
