import type { ServiceSketch } from '../system-sketch.js'
import { calledNames } from './called-names.js'
import { isDatagram } from './compose.js'
import { containerKind, isHttp2 } from './container-kind.js'
import { fieldsAt, type Fields, isFields, listAt, textAt, wholeAt } from './fields.js'
import { askedPath } from './health-path.js'
import { judgeKubernetes } from './judge-kubernetes.js'
import { namespaceOf, nameWorkloads, type WorkloadGroup } from './kubernetes-names.js'
import { kubernetesScale } from './kubernetes-scale.js'
import { kubernetesValues } from './kubernetes-values.js'
import { FURTHER_PORTS, type UnusedList } from './unused.js'

/** Containers that a mesh puts beside the one that does the work. */
const PROXIES = ['istio-proxy', 'linkerd-proxy', 'envoy', 'daprd', 'consul-dataplane']
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'DeploymentConfig', 'ReplicaSet']

/** The services among Kubernetes objects, with probes, scale and the services that their pods are told of. */
export function kubernetesServices(objects: readonly Fields[], unused?: UnusedList): ServiceSketch[] {
  const workloads = once(
    objects.filter((object) => WORKLOADS.includes(textAt(object, 'kind') ?? '')),
    unused,
  )
  const names = nameWorkloads(workloads, objects)
  if (unused !== undefined) judgeKubernetes(objects, WORKLOADS, unused)
  return names.groups.map((group) => {
    const calls = group.workloads.flatMap((workload) =>
      calledNames(kubernetesValues(workload, objects, unused), (host) =>
        names.serviceOf(host, namespaceOf(workload)),
      ),
    )
    return {
      ...sketchOf(group, objects, unused),
      calls: [...new Set(calls)].filter((callee) => callee !== group.name),
    }
  })
}

/** A workload that stands more than once, as a base of Kustomize and its patches do, is one; a patch has no image. */
function once(workloads: readonly Fields[], unused: UnusedList | undefined): Fields[] {
  const first = new Map<string, Fields>()
  for (const [index, workload] of workloads.entries()) {
    const name = textAt(workload, 'metadata', 'name')
    const path = `${textAt(workload, 'kind') ?? ''}/${name ?? 'unnamed'}`
    const key = name === undefined ? String(index) : `${path} ${namespaceOf(workload)}`
    const known = first.get(key)
    if (known === undefined || imageOf(known) === undefined) first.set(key, workload)
    if (known !== undefined)
      unused?.add(
        path,
        'it stands more than once, and the first with an image is taken: of Kustomize, read what comes out (kubectl kustomize FOLDER | watertight init --from -)',
        'twice',
      )
  }
  return [...first.values()]
}

function imageOf(workload: Fields): string | undefined {
  return containersOf(workload)
    .map((container) => textAt(container, 'image'))
    .find((image) => image !== undefined)
}

function sketchOf(
  { name, workloads, front }: WorkloadGroup,
  objects: readonly Fields[],
  unused: UnusedList | undefined,
): ServiceSketch {
  const [first] = workloads
  const container = containersOf(first).find((one) => !PROXIES.includes(textAt(one, 'name') ?? ''))
  const image = textAt(container, 'image')
  const ports = portsOf(container)
  const drain = wholeAt(first, 'spec', 'template', 'spec', 'terminationGracePeriodSeconds')
  const release = releaseOf(first)
  const port = frontPort(front, first) ?? mainPort(container)
  const kind = containerKind({ image, name, ports })
  const others = ports.filter((one) => one !== port)
  if (kind === 'service' && others.length > 0)
    unused?.add(`${name} port ${others.join(', ')}`, FURTHER_PORTS, 'ports')
  return {
    name,
    kind,
    ...descriptionOf(image, workloads),
    ...(port === undefined ? {} : { port }),
    ...(kind === 'service' ? protocolOf(front, container) : {}),
    ...probes(container, port),
    ...kubernetesScale(workloads, objects),
    ...(drain === undefined ? {} : { drain: `${drain}s` }),
    ...(release === undefined ? {} : { release }),
    calls: [],
  }
}

/** Its image, and where there are several the names of its versions. */
function descriptionOf(
  image: string | undefined,
  workloads: readonly Fields[],
): Pick<ServiceSketch, 'description'> {
  const versions = workloads.map((workload) => textAt(workload, 'metadata', 'name') ?? '')
  const parts = [
    ...(image === undefined ? [] : [`image ${image}`]),
    ...(versions.length > 1 ? [`versions ${versions.join(', ')}`] : []),
  ]
  return parts.length === 0 ? {} : { description: parts.join('; ').slice(0, 1_000) }
}

function containersOf(workload: unknown): readonly Fields[] {
  return listAt(workload, 'spec', 'template', 'spec', 'containers').filter(isFields)
}

function portsOf(container: unknown): number[] {
  return streamPorts(container, 'ports').flatMap((port) => wholeAt(port, 'containerPort') ?? [])
}

function streamPorts(object: unknown, ...keys: string[]): unknown[] {
  return listAt(object, ...keys).filter((port) => !isDatagram(isFields(port) ? port : {}))
}

/** The port that callers reach: the one that is named after HTTP, or the first. */
function servedPort(ports: readonly unknown[]): unknown {
  return ports.find((port) => /^https?(-|$)/.test(textAt(port, 'name') ?? '')) ?? ports[0]
}

/** HTTP/2 where the port of the Service, or of the container, says so as Kubernetes and Istio have it. */
function protocolOf(front: Fields | undefined, container: unknown): Pick<ServiceSketch, 'protocol'> {
  const served =
    servedPort(streamPorts(front, 'spec', 'ports')) ?? servedPort(streamPorts(container, 'ports'))
  const named = textAt(served, 'appProtocol') ?? textAt(served, 'name')?.split('-')[0]
  return isHttp2(named) ? { protocol: 'h2' } : {}
}

/** The port behind the Service, which is the one that callers reach; what a container lists is for people. */
function frontPort(front: Fields | undefined, workload: Fields | undefined): number | undefined {
  const served = servedPort(streamPorts(front, 'spec', 'ports'))
  const target = textAt(served, 'targetPort') ?? textAt(served, 'port')
  if (target === undefined) return undefined
  const named = containersOf(workload)
    .flatMap((container) => listAt(container, 'ports'))
    .find((port) => textAt(port, 'name') === target)
  return named === undefined ? wholeAt({ target }, 'target') : wholeAt(named, 'containerPort')
}

function mainPort(container: unknown): number | undefined {
  return wholeAt(servedPort(streamPorts(container, 'ports')), 'containerPort')
}

/** Probes that ask a path; of the others a remark says what they ask. */
function probes(container: unknown, port: number | undefined): Partial<ServiceSketch> {
  const found: Record<string, string> = {}
  const remarks: string[] = []
  for (const [key, probe] of [
    ['live', 'livenessProbe'],
    ['ready', 'readinessProbe'],
    ['startup', 'startupProbe'],
  ] as const) {
    const path =
      textAt(container, probe, 'httpGet', 'path') ??
      askedPath(listAt(container, probe, 'exec', 'command').join(' '))
    if (path?.startsWith('/') === true && !/\s/.test(path)) {
      found[key] = path
      const asked = wholeAt(container, probe, 'httpGet', 'port')
      if (asked !== undefined && asked !== port)
        remarks.push(`${probe} asks at port ${asked}: health.${key} is asked at the port of the service`)
    } else {
      const asks = askedBy(fieldsAt(container, probe))
      if (asks !== undefined)
        remarks.push(`${probe} ${asks}: health.${key} is a path of HTTP, so it is not here`)
    }
  }
  return { ...found, ...(remarks.length === 0 ? {} : { remarks }) }
}

function askedBy(probe: Fields): string | undefined {
  if (isFields(probe['grpc'])) return `asks by gRPC on port ${textAt(probe, 'grpc', 'port') ?? '?'}`
  if (isFields(probe['tcpSocket'])) return `opens port ${textAt(probe, 'tcpSocket', 'port') ?? '?'}`
  if (isFields(probe['exec'])) return `runs ${listAt(probe, 'exec', 'command').join(' ').slice(0, 80)}`
  return isFields(probe['httpGet']) ? 'asks HTTP without a path' : undefined
}

function releaseOf(workload: unknown): ServiceSketch['release'] {
  const strategy = fieldsAt(workload, 'spec', 'strategy')
  if (strategy['type'] === 'Recreate') return 'recreate'
  if (isFields(strategy['canary'])) return 'canary'
  if (isFields(strategy['blueGreen'])) return 'blue-green'
  return strategy['type'] === 'RollingUpdate' || strategy['type'] === 'Rolling' ? 'rolling' : undefined
}
