import type { Names } from '../writing/names.js'

interface KnownHost {
  readonly namespace: string
  readonly short: string
  readonly name: string
}

/** Turns the hosts of a mesh into the names of services: `ratings.prod.svc.cluster.local` becomes `ratings`. */
export class Hosts {
  readonly #names: Names
  readonly #known = new Map<string, KnownHost[]>()
  readonly #outside = new Map<string, string>()
  readonly #byHost = new Map<string, string>()

  constructor(names: Names) {
    this.#names = names
  }

  /** The service of a host. A short host belongs to the namespace of the object that names it. */
  serviceOf(host: string, objectNamespace: string): string {
    const cacheKey = `${host} ${objectNamespace}`
    const cached = this.#byHost.get(cacheKey)
    if (cached !== undefined) return cached
    const name = this.#resolve(host, objectNamespace)
    this.#byHost.set(cacheKey, name)
    return name
  }

  /** The services of known hosts that a wildcard covers: `*.shop.svc.cluster.local`, `*.example.com`, `*`. */
  covered(wildcard: string): string[] {
    const end = wildcard.slice(1)
    // An object without a namespace is in the one of whoever applies it, which is mostly this one.
    const inside = [...this.#known.values()].flat().filter(({ short, namespace }) => {
      return `${short}.${namespace === '' ? 'default' : namespace}.svc.cluster.local`.endsWith(end)
    })
    const outside = [...this.#outside].filter(([host]) => host.endsWith(end))
    return [...inside.map(({ name }) => name), ...outside.map(([, name]) => name)]
  }

  #resolve(host: string, objectNamespace: string): string {
    const match = /^([^.*]+)(?:\.([^.]+)(?:\.svc(?:\.[\w.-]+)?)?)?$/.exec(host)
    // `api.example` could be a service in a namespace or a host outside; only `.svc` and short names are clear.
    if (match === null || (host.includes('.') && !host.includes('.svc'))) {
      const name = this.#names.nameFor(host)
      this.#outside.set(host, name)
      return name
    }
    const [, short = host, namespace = objectNamespace] = match
    const known = this.#known.get(short) ?? []
    const same = known.find((one) => [namespace, ''].includes(one.namespace) || namespace === '')
    if (same !== undefined) return same.name
    const name = this.#names.nameFor(
      `${short}.${namespace}`,
      known.length === 0 ? short : `${short}-${namespace}`,
    )
    known.push({ namespace, short, name })
    this.#known.set(short, known)
    return name
  }
}
