import type { Setting } from '../settings/setting.js'
import { readText, readWhole } from '../settings/read.js'
import { Block } from '../writing/block.js'
import { plainName } from '../writing/names.js'
import type { RouteContext } from './virtual-service.js'

/** Names of subsets and the labels that choose their endpoints, by the service's name. */
export type SubsetLabels = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, string>>>

const spoken: Readonly<Record<string, string>> = { HTTP: 'http1', HTTP2: 'h2', GRPC: 'h2', 'GRPC-WEB': 'h2' }

interface Place {
  readonly address: string
  readonly labels: ReadonlyMap<string, string>
}

/** Where a service answers that is no Service of Kubernetes: its endpoints, or its host name to look up. */
export function readServiceEntry(
  document: Setting,
  namespace: string,
  { hosts, services }: RouteContext,
  subsets: SubsetLabels,
): void {
  const list = document.at('spec', 'hosts')?.items ?? []
  const port = (document.at('spec', 'ports')?.items ?? []).find((one) => protocolOf(one) !== undefined)
  if (port === undefined) {
    document.decline('it has no port of HTTP, HTTP2 or GRPC, and calls are HTTP here')
    return
  }
  const protocol = protocolOf(port)!
  port.at('protocol')?.use()
  const number = readWhole(port.at('targetPort') ?? port.at('number'), 1, 65_535)
  if (number === undefined) return
  for (const key of ['name', 'number']) port.at(key)?.use()
  document.at('spec', 'resolution')?.use()
  const places = placesOf(document, readText(port.at('name'))?.value, number.value)
  for (const host of list) {
    if (host.text.startsWith('*')) {
      host.decline('a service has one name: name the hosts one by one')
      continue
    }
    host.use()
    const name = hosts.serviceOf(host.text, namespace)
    const { own } = services.add(name, host.source)
    const at = places.length > 0 ? places.map(({ address }) => address) : [`${host.text}:${number.value}`]
    if (own.has('endpoints')) {
      host.decline(`an earlier ServiceEntry already says where ${name} answers: merge the two`)
      continue
    }
    own.put('endpoints', listOf(at), number.from.source)
    if (protocol !== 'http1') own.put('protocol', protocol)
    const versions = versionsOf(places, subsets.get(name))
    if (!versions.empty) own.nest('versions', versions)
  }
}

function protocolOf(port: Setting): string | undefined {
  const text = port.at('protocol')?.text.toUpperCase() ?? ''
  return Object.hasOwn(spoken, text) ? spoken[text] : undefined
}

function placesOf(document: Setting, portName: string | undefined, port: number): Place[] {
  return (document.at('spec', 'endpoints')?.items ?? []).flatMap((endpoint) => {
    const address = readText(endpoint.at('address'))
    if (address === undefined) return []
    if (address.value.startsWith('unix://')) {
      address.from.decline('an endpoint is a host and a port, and no socket of a file')
      return []
    }
    const own = portName === undefined ? undefined : readWhole(endpoint.at('ports', portName), 1, 65_535)
    const labels = endpoint.at('labels')
    labels?.useAll()
    const host = address.value.includes(':') ? `[${address.value}]` : address.value
    return [
      {
        address: `${host}:${own?.value ?? port}`,
        labels: new Map((labels?.entries ?? []).map(({ key, text }) => [key, text])),
      },
    ]
  })
}

function versionsOf(
  places: readonly Place[],
  subsets: SubsetLabels extends ReadonlyMap<string, infer S> ? S | undefined : never,
): Block {
  const versions = new Block()
  for (const [name, wanted] of subsets ?? []) {
    const own = places.filter(({ labels }) => [...wanted].every(([key, value]) => labels.get(key) === value))
    if (own.length > 0)
      versions.nest(plainName(name), new Block().put('endpoints', listOf(own.map(({ address }) => address))))
  }
  return versions
}

function listOf(addresses: readonly string[]): string {
  return `[${addresses.map((address) => JSON.stringify(address)).join(', ')}]`
}

/** The labels of the subsets that DestinationRules declare. */
export function subsetLabels(
  document: Setting,
  name: string,
  into: Map<string, Map<string, ReadonlyMap<string, string>>>,
): void {
  for (const subset of document.at('spec', 'subsets')?.items ?? []) {
    const own = subset.at('name')
    if (own === undefined) continue
    const labels = (subset.at('labels')?.entries ?? []).map(({ key, text }) => [key, text] as const)
    const known = into.get(name) ?? new Map<string, ReadonlyMap<string, string>>()
    into.set(name, known.set(own.text, new Map(labels)))
  }
}
