import { convert } from '@watertight/import'
import { readManifest } from '@watertight/manifest'
import { addressOf } from './address-of.js'
import type { Setup } from './driver.js'

type Document = Readonly<Record<string, unknown>>

/**
 * The document that comes of objects of Istio, with the endpoints of the scenario: those that bear the name of a service
 * or of a subset are its own, and all others are the callee's.
 */
export function istioDocument(
  text: string,
  { endpoints, protocol }: Pick<Setup, 'endpoints' | 'protocol'>,
): Document {
  const { manifest } = convert('istio', [{ file: 'istio.yaml', text }])
  const { system, problems } = readManifest(manifest, 'istio.yaml')
  if (system === undefined || problems.length > 0)
    throw new Error(problems.map(({ message }) => message).join('; '))
  const { model } = system
  const subsets = new Set(model.routes.flatMap(({ split }) => [...split.keys()]))
  const named = (wanted: (name: string) => boolean): string[] =>
    endpoints.filter(({ name }) => wanted(name)).map(addressOf)
  const isOther = (name: string): boolean => !subsets.has(name) && !model.services.has(name)
  const others = named(isOther)
  const services = Object.entries(model.document.services ?? {}).map(
    ([name, service]): [string, Document] => {
      const own =
        name === 'callee' ? [...others, ...named((one) => subsets.has(one))] : named((one) => one === name)
      if (own.length === 0) return [name, { ...service }]
      const versions = [...subsets].map((subset) => [subset, { endpoints: named((one) => one === subset) }])
      const split = name === 'callee' && subsets.size > 0 ? { versions: Object.fromEntries(versions) } : {}
      return [name, { ...service, protocol, endpoints: own, ...split }]
    },
  )
  return {
    ...model.document,
    services: Object.fromEntries(services),
    gateway: { ...model.document.gateway, listen: { host: '127.0.0.1', port: 1 } },
  }
}
