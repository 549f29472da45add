import { manifestName } from '../system-sketch.js'
import { fieldsAt, type Fields, textAt } from './fields.js'

/** Workloads behind one name: one, or the versions behind a Service. */
export interface WorkloadGroup {
  readonly name: string
  readonly workloads: readonly Fields[]
  /** The Service by whose name it is called. */
  readonly front: Fields | undefined
}

export interface KubernetesNames {
  readonly groups: readonly WorkloadGroup[]
  /** The service that a host in a namespace stands for. */
  readonly serviceOf: (host: string, namespace: string) => string | undefined
}

export function namespaceOf(object: Fields): string {
  return textAt(object, 'metadata', 'namespace') ?? ''
}

/**
 * Gives workloads the names by which others call them. Of the Services that select a workload the one that selects the
 * fewest counts, and of those the one that is named most like it; several workloads behind one Service are its versions.
 * The same name in two namespaces is two services.
 */
export function nameWorkloads(workloads: readonly Fields[], objects: readonly Fields[]): KubernetesNames {
  const services = objects.filter((object) => object['kind'] === 'Service')
  const selected = new Map(
    services.map((service) => [service, workloads.filter((workload) => selects(service, workload))]),
  )
  const groups = new Map<
    string,
    {
      original: string
      namespace: string
      workloads: Fields[]
      front: Fields | undefined
      hosts: Set<string>
    }
  >()
  for (const workload of workloads) {
    const fronts = services.filter((service) => selected.get(service)?.includes(workload) === true)
    const own = textAt(workload, 'metadata', 'name') ?? 'unnamed'
    const front = fronts.toSorted(
      (a, b) =>
        (selected.get(a)?.length ?? 0) - (selected.get(b)?.length ?? 0) ||
        distance(a, own) - distance(b, own),
    )[0]
    const original = (front === undefined ? undefined : textAt(front, 'metadata', 'name')) ?? own
    const namespace = namespaceOf(workload)
    // Without a name nothing says that two are the same.
    const key = original === 'unnamed' ? `unnamed ${groups.size}` : `${namespace} ${original}`
    const group = groups.get(key) ?? { original, namespace, workloads: [], front, hosts: new Set() }
    group.workloads.push(workload)
    for (const name of [own, ...fronts.map((service) => textAt(service, 'metadata', 'name') ?? '')])
      group.hosts.add(name)
    groups.set(key, group)
  }
  const used = new Set<string>()
  const hosts = new Map<string, string>()
  const named = [...groups.values()].map(
    ({ original, namespace, workloads: members, front, hosts: own }): WorkloadGroup => {
      const name = freeName(original, namespace, used)
      for (const host of own) {
        hosts.set(`${namespace} ${host}`, name)
        // From another namespace a short name does not reach it, but files often leave the namespace out.
        if (!hosts.has(`* ${host}`)) hosts.set(`* ${host}`, name)
      }
      return { name, workloads: members, front }
    },
  )
  return { groups: named, serviceOf: (host, namespace) => resolve(hosts, host, namespace) }
}

function resolve(hosts: ReadonlyMap<string, string>, host: string, namespace: string): string | undefined {
  const [short = '', second, third] = host.split('.')
  if (second === undefined)
    return hosts.get(`${namespace} ${short}`) ?? (namespace === '' ? hosts.get(`* ${short}`) : undefined)
  const inside = third === undefined || third === 'svc'
  const known = inside ? (hosts.get(`${second} ${short}`) ?? hosts.get(` ${short}`)) : undefined
  // A pod of a StatefulSet has a name of its own below that of its headless Service: db-0.db.shop.svc.
  return known ?? (/-\d+$/.test(short) ? resolve(hosts, host.slice(short.length + 1), namespace) : undefined)
}

function freeName(original: string, namespace: string, used: Set<string>): string {
  const plain = manifestName(original)
  const candidates = [plain, manifestName(`${original}-${namespace}`)]
  let name = candidates.find((candidate) => !used.has(candidate)) ?? plain
  for (let count = 2; used.has(name); count += 1) name = `${plain.slice(0, 58)}-${count}`
  used.add(name)
  return name
}

export function selects(selecting: Fields, workload: Fields): boolean {
  if (namespaceOf(selecting) !== namespaceOf(workload)) return false
  const spec = fieldsAt(selecting, 'spec', 'selector')
  const selector = Object.entries(selecting['kind'] === 'Service' ? spec : fieldsAt(spec, 'matchLabels'))
  const labels = fieldsAt(workload, 'spec', 'template', 'metadata', 'labels')
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
}

/** 0 for the same name, then those of which one starts the other, then the rest; headless ones last. */
function distance(service: Fields, workload: string): number {
  const name = textAt(service, 'metadata', 'name') ?? ''
  const headless = fieldsAt(service, 'spec')['clusterIP'] === 'None' ? 0.5 : 0
  if (name === workload) return headless
  return (workload.startsWith(name) || name.startsWith(workload) ? 1 : 2) + headless
}
