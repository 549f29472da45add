import type { Names } from '../writing/names.js'

interface KnownHost {
  readonly namespace: string
  readonly name: string
}

/** Turns the hosts of a mesh into the names of services: `ratings.prod.svc.cluster.local` becomes `ratings`. */
export class Hosts {
  readonly #names: Names
  readonly #known = new Map<string, KnownHost[]>()
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

  #resolve(host: string, objectNamespace: string): string {
    const match = /^([^.*]+)(?:\.([^.]+)(?:\.svc(?:\.[\w.-]+)?)?)?$/.exec(host)
    // `api.example` could be a service in a namespace or a host outside; only `.svc` and short names are clear.
    if (match === null || (host.includes('.') && !host.includes('.svc'))) return this.#names.nameFor(host)
    const [, short = host, namespace = objectNamespace] = match
    const known = this.#known.get(short) ?? []
    const same = known.find((one) => [namespace, ''].includes(one.namespace) || namespace === '')
    if (same !== undefined) return same.name
    const name = this.#names.nameFor(`${short}.${namespace}`, short)
    known.push({ namespace, name })
    this.#known.set(short, known)
    return name
  }
}
