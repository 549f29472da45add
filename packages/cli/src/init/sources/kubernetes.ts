import { manifestName, type ServiceSketch } from '../system-sketch.js'
import { calledNames } from './called-names.js'
import { kindOfImage } from './images.js'
import { fieldsAt, type Fields, isFields, listAt, textAt, wholeAt } from './fields.js'
import { scaleOf } from './kubernetes-scale.js'

/** Containers that a mesh puts beside the one that does the work. */
const PROXIES = ['istio-proxy', 'linkerd-proxy', 'envoy', 'daprd', 'consul-dataplane']
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']

/** The workloads among Kubernetes objects, with probes, scale and the services that their environment names. */
export function kubernetesServices(objects: readonly Fields[]): ServiceSketch[] {
  const workloads = objects.filter((object) => WORKLOADS.includes(textAt(object, 'kind') ?? ''))
  const hosts = hostNames(workloads, objects)
  return workloads.map((workload) => {
    const name = nameOf(workload)
    const container = containersOf(workload).find((one) => !PROXIES.includes(textAt(one, 'name') ?? ''))
    const image = textAt(container, 'image')
    const kind = kindOfImage(image)
    const port = portOf(container)
    const drain = wholeAt(workload, 'spec', 'template', 'spec', 'terminationGracePeriodSeconds')
    return {
      name,
      kind,
      ...(image === undefined ? {} : { description: `image ${image}`.slice(0, 1_000) }),
      ...(port === undefined ? {} : { port }),
      ...probes(container),
      ...scaleOf(workload, objects),
      ...(drain === undefined ? {} : { drain: `${drain}s` }),
      calls: calledNames(environmentOf(workload, objects), (host) => hosts.get(host)).filter(
        (callee) => callee !== name,
      ),
    }
  })
}

function nameOf(object: Fields): string {
  return manifestName(textAt(object, 'metadata', 'name') ?? 'unnamed')
}

// A Service gives a workload its name in DNS, which need not be the workload's own.
function hostNames(workloads: readonly Fields[], objects: readonly Fields[]): Map<string, string> {
  const hosts = new Map(
    workloads.map((workload) => [textAt(workload, 'metadata', 'name') ?? '', nameOf(workload)]),
  )
  for (const service of objects.filter((object) => object['kind'] === 'Service')) {
    const selector = Object.entries(fieldsAt(service, 'spec', 'selector'))
    const target = workloads.find((workload) => {
      const labels = fieldsAt(workload, 'spec', 'template', 'metadata', 'labels')
      return selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
    })
    const host = textAt(service, 'metadata', 'name')
    if (target !== undefined && host !== undefined) hosts.set(host, nameOf(target))
  }
  return hosts
}

function containersOf(workload: Fields): readonly Fields[] {
  return listAt(workload, 'spec', 'template', 'spec', 'containers').filter(isFields)
}

function portOf(container: Fields | undefined): number | undefined {
  const ports = listAt(container, 'ports')
  const named = ports.find((port) => /^https?(-|$)/.test(textAt(port, 'name') ?? ''))
  return wholeAt(named ?? ports[0], 'containerPort')
}

function probes(container: Fields | undefined): Pick<ServiceSketch, 'live' | 'ready' | 'startup'> {
  const path = (probe: string): string | undefined => {
    const text = textAt(container, probe, 'httpGet', 'path')
    return text?.startsWith('/') === true && !/\s/.test(text) ? text : undefined
  }
  const [live, ready, startup] = [path('livenessProbe'), path('readinessProbe'), path('startupProbe')]
  return {
    ...(live === undefined ? {} : { live }),
    ...(ready === undefined ? {} : { ready }),
    ...(startup === undefined ? {} : { startup }),
  }
}

function environmentOf(workload: Fields, objects: readonly Fields[]): [string, string][] {
  const configMaps = new Map(
    objects
      .filter((object) => object['kind'] === 'ConfigMap')
      .map((object) => [textAt(object, 'metadata', 'name') ?? '', fieldsAt(object, 'data')]),
  )
  return containersOf(workload).flatMap((container) => {
    const direct = listAt(container, 'env').map((entry) => {
      const map = configMaps.get(textAt(entry, 'valueFrom', 'configMapKeyRef', 'name') ?? '')
      const key = textAt(entry, 'valueFrom', 'configMapKeyRef', 'key') ?? ''
      return [textAt(entry, 'name') ?? '', textAt(entry, 'value') ?? map?.[key]] as const
    })
    const whole = listAt(container, 'envFrom').flatMap((entry) =>
      Object.entries(configMaps.get(textAt(entry, 'configMapRef', 'name') ?? '') ?? {}),
    )
    return [...direct, ...whole].flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    )
  })
}
