import { readManifest } from '@watertight/manifest'
import { compileEnvoy, type EnvoyConfiguration, type EnvoyOptions } from '../src/index.js'

/** Compiles a document, as its text or its content. */
export function compiled(document: string | object, options: Partial<EnvoyOptions> = {}): EnvoyConfiguration {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  const { system, problems } = readManifest(text, 'watertight.yaml')
  if (system === undefined || problems.length > 0)
    throw new Error(problems.map(({ message }) => message).join('; '))
  return compileEnvoy(system.model, {
    folder: '/etc/envoy',
    posture: { sidecar: 'order' },
    outbound: { payment: 7102 },
    ...options,
  })
}

/** A document in which `order` calls `payment` under this policy. */
export function callUnder(call: object): object {
  return {
    watertight: 'v1',
    system: 'shop',
    enforce: 'sidecar',
    services: { order: { calls: { payment: call } }, payment: { port: 7002 } },
  }
}

/** A configuration to look into: whatever is asked for is there, or undefined. */
export interface Tree {
  readonly [key: string]: Tree
  readonly [index: number]: Tree
}

/** What is in a file. */
export function resource({ files }: EnvoyConfiguration, name: string): Tree {
  const { resources } = files.get(name) as unknown as { resources: readonly Tree[] }
  return resources[0]!
}

/** The routes of the call to `payment`. */
export function routes(configuration: EnvoyConfiguration): readonly Tree[] {
  return list(resource(configuration, 'routes/to-payment.json')['virtual_hosts'])[0]!['routes'] as never
}

export function list(tree: Tree | undefined): readonly Tree[] {
  return tree as unknown as readonly Tree[]
}
