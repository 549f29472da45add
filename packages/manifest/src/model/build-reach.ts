import { type EndpointModel, readEndpoint } from '../document/read-endpoint.js'
import type { ServiceDocument, VersionDocument } from '../document/service-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import { durationMs } from '../units/duration.js'
import type { Protocol } from '../words/protocol-names.js'
import { reachWords } from '../words/reach-words.js'
import { buildShedding } from './build-shedding.js'
import { SectionReader } from './section-reader.js'
import type { ServiceModel, VersionModel } from './system-model.js'

type Reach = Pick<
  ServiceModel,
  'endpoints' | 'versions' | 'protocol' | 'connections' | 'probing' | 'shedding' | 'callers' | 'origins'
>

/** How a service is reached, and by whom: `known` are those who call it in the document. */
export function buildReach(path: DocumentPath, document: ServiceDocument, known: readonly string[]): Reach {
  const reader = new SectionReader([{ path, sections: document }], reachWords)
  const connections = reader.fields('connections')
  const health = reader.fields('health')
  const versions = new Map(
    Object.entries(document.versions ?? {}).map(([name, version]): [string, VersionModel] => [
      name,
      { name, endpoints: endpointsOf(version) },
    ]),
  )
  const own = endpointsOf(document)
  return {
    endpoints: own.length > 0 ? own : [...versions.values()].flatMap(({ endpoints }) => endpoints),
    versions,
    protocol: reader.plain('protocol') as Protocol,
    connections: {
      max: connections.required('max', (value: number) => value),
      idleMs: connections.required('idle', durationMs),
    },
    probing: {
      intervalMs: health.required('interval', durationMs),
      unhealthy: health.required('unhealthy', (value: number) => value),
      healthy: health.required('healthy', (value: number) => value),
    },
    shedding: buildShedding(reader),
    callers: reader.value<readonly string[] | 'any'>('callers', known),
    origins: reader.origins,
  }
}

function endpointsOf({ endpoints, port }: VersionDocument): readonly EndpointModel[] {
  if (endpoints !== undefined) return endpoints.flatMap((endpoint) => readEndpoint(endpoint) ?? [])
  return port === undefined ? [] : [{ host: '127.0.0.1', port, tls: false }]
}
