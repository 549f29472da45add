import { resolve } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import { parseDocument } from 'yaml'
import { bringsCertificate, gatewayCertificate } from './gateway-certificate.js'
import type { Instance } from './instances.js'
import type { RunPorts } from './instance-ports.js'
import { servedStores, servedStoreUrl } from './served-stores.js'

export interface RunDocumentOptions {
  readonly system: SystemModel
  readonly instances: readonly Instance[]
  readonly ports: RunPorts
  /** The folder of the document that people edit. */
  readonly folder: string
  readonly storePassword: string
}

/**
 * The document as one run has it, with the ports of its processes. What a sidecar reads of its own service is about the one
 * process that it stands beside: `reader` names it.
 */
export function runDocument(text: string, options: RunDocumentOptions, reader?: string): string {
  const { system, instances, ports, folder, storePassword } = options
  const document = parseDocument(text)
  for (const store of servedStores(system))
    document.setIn(['stores', store.name], servedStoreUrl(store, system, { ports, password: storePassword }))
  const kafka = ports.engines.get('kafka')
  if (kafka !== undefined) document.setIn(['broker'], `kafka://127.0.0.1:${kafka.port}`)
  if (system.gateway.listen !== undefined) document.setIn(['gateway', 'listen', 'port'], ports.gateway)
  const { tls } = system.gateway.listen ?? {}
  if (tls !== undefined) {
    const files = bringsCertificate(tls, folder)
      ? { certificate: resolve(folder, tls.certificate), key: resolve(folder, tls.key) }
      : gatewayCertificate
    for (const [key, file] of Object.entries(files)) document.setIn(['gateway', 'listen', 'tls', key], file)
  }
  for (const service of new Set(instances.map((instance) => instance.service))) {
    const path = ['services', service.name]
    const own = instances.filter((instance) => instance.service === service)
    const inboundOf = (name: string) => ports.instances.get(name)?.inbound ?? 0
    for (const { name, version } of own)
      if (version !== undefined) document.setIn([...path, 'versions', version, 'port'], inboundOf(name))
    const read = own.find(({ name }) => name === reader) ?? (own.length === 1 ? own[0] : undefined)
    if (read === undefined) {
      if (own[0]?.version !== undefined) continue
      document.deleteIn([...path, 'port'])
      const endpoints = own.map(({ name }) => `127.0.0.1:${inboundOf(name)}`)
      document.setIn([...path, 'endpoints'], document.createNode(endpoints))
      continue
    }
    document.setIn([...path, 'port'], inboundOf(read.name))
    document.deleteIn([...path, 'endpoints'])
    if (!read.hasSidecar) continue
    const { application, outbound } = ports.instances.get(read.name) ?? {
      application: 0,
      outbound: new Map(),
    }
    document.setIn(
      [...path, 'sidecar'],
      document.createNode({ application, outbound: Object.fromEntries(outbound) }),
    )
  }
  return document.toString({ lineWidth: 0 })
}
