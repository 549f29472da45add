import { fieldsAt, type Fields, isFields, listAt, textAt } from './fields.js'
import { askedPath } from './health-path.js'
import { isDatagram } from './compose.js'
import { selects } from './kubernetes-names.js'
import { kubernetesKeys, kubernetesReasons } from './kubernetes-keys.js'
import { COMMAND, DATAGRAMS, type UnusedList } from './unused.js'

/** Names what Kubernetes objects say and a manifest does not, once for each kind or key. */
export function judgeKubernetes(
  objects: readonly Fields[],
  workloads: readonly string[],
  unused: UnusedList,
): void {
  for (const object of objects) {
    const kind = textAt(object, 'kind') ?? ''
    const path = `${kind}/${textAt(object, 'metadata', 'name') ?? 'unnamed'}`
    if (workloads.includes(kind)) judgeWorkload(object, path, unused)
    else {
      const reason = Object.hasOwn(kubernetesKeys.kinds, kind)
        ? kubernetesKeys.kinds[kind]
        : 'objects of this kind are not read'
      if (reason !== undefined && reason !== kubernetesReasons.used) unused.add(path, reason, kind)
    }
    if (kind === 'HorizontalPodAutoscaler') judgeScaler(object, path, unused)
    if (kind === 'PodDisruptionBudget')
      unused.judge(Object.keys(fieldsAt(object, 'spec')), `${path} spec`, 'budget', kubernetesKeys.budget)
    if (kind === 'Service') judgeService(object, path, unused)
    if (kind === 'Service' && !objects.some((one) => isBehind(object, one, workloads)))
      unused.add(
        path,
        'no workload of these files stands behind it, so that calls to it are lost: add it under services, with external: true where it is run by others',
        'service without workload',
      )
  }
}

function judgeWorkload(object: Fields, path: string, unused: UnusedList): void {
  unused.judge(Object.keys(fieldsAt(object, 'spec')), `${path} spec`, 'workload', kubernetesKeys.workload)
  unused.judge(
    Object.keys(fieldsAt(object, 'spec', 'strategy')),
    `${path} spec.strategy`,
    'strategy',
    kubernetesKeys.strategy,
  )
  if (Object.keys(fieldsAt(object, 'spec', 'strategy', 'rollingUpdate')).length > 0)
    unused.add(`${path} spec.strategy.rollingUpdate`, kubernetesReasons.rollout, 'rollingUpdate')
  judgeMarks(object, path, unused)
  const { annotations } = fieldsAt(object, 'spec', 'template', 'metadata')
  judgeMarks({ metadata: { annotations } }, `${path} template`, unused)
  const template = fieldsAt(object, 'spec', 'template', 'spec')
  for (const volume of listAt(template, 'volumes').filter(isFields))
    judgeVolume(volume, `${path} pod`, unused)
  unused.judge(Object.keys(template), `${path} pod`, 'pod', kubernetesKeys.pod)
  for (const one of listAt(template, 'containers').filter(isFields)) judgeContainer(one, path, unused)
}

function judgeContainer(one: Fields, path: string, unused: UnusedList): void {
  const own = `${path} containers.${textAt(one, 'name') ?? 0}`
  unused.judge(Object.keys(one), own, 'container', kubernetesKeys.container)
  for (const port of listAt(one, 'ports').filter(isFields))
    unused.judge(Object.keys(port), `${own}.ports`, 'pod', kubernetesKeys.port)
  for (const port of listAt(one, 'ports').filter((entry) => isFields(entry) && isDatagram(entry)))
    unused.add(`${own}.ports.${textAt(port, 'containerPort') ?? '?'}`, DATAGRAMS, 'udp')
  for (const entry of listAt(one, 'env').filter(isFields)) {
    unused.judge(Object.keys(entry), `${own}.env`, 'env', kubernetesKeys.env)
    unused.judge(
      Object.keys(fieldsAt(entry, 'valueFrom')),
      `${own}.env.valueFrom`,
      'pod',
      kubernetesKeys.valueFrom,
    )
  }
  for (const entry of listAt(one, 'envFrom').filter(isFields))
    unused.judge(Object.keys(entry), `${own}.envFrom`, 'pod', kubernetesKeys.envFrom)
  for (const key of ['command', 'args'])
    if (one[key] !== undefined) unused.add(`${own}.${key}`, COMMAND, 'command')
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) judgeProbe(one, probe, own, unused)
}

/** Whether an object is a workload that a Service stands for, by its selector or by its name. */
function isBehind(service: Fields, object: Fields, workloads: readonly string[]): boolean {
  if (!workloads.includes(textAt(object, 'kind') ?? '')) return false
  const isNamesake = textAt(object, 'metadata', 'name') === textAt(service, 'metadata', 'name')
  return isNamesake || selects(service, object)
}

function judgeService(object: Fields, path: string, unused: UnusedList): void {
  unused.judge(Object.keys(fieldsAt(object, 'spec')), `${path} spec`, 'service', kubernetesKeys.service)
  judgeMarks(object, path, unused)
  const type = textAt(object, 'spec', 'type')
  if (type === 'LoadBalancer' || type === 'NodePort')
    unused.add(`${path} spec.type`, kubernetesReasons.outside, 'service.type')
}

/** Labels and annotations, of which those of Linkerd say how calls behave. */
function judgeMarks(object: unknown, path: string, unused: UnusedList): void {
  const annotations = Object.keys(fieldsAt(object, 'metadata', 'annotations'))
  const mesh = annotations.find((key) => /(^|\.)linkerd\.io\//.test(key))
  if (mesh !== undefined)
    unused.add(`${path} metadata.annotations.${mesh}`, '`watertight import linkerd` reads it', 'linkerd')
  for (const key of ['labels', 'annotations'])
    if (Object.keys(fieldsAt(object, 'metadata', key)).length > 0)
      unused.add(`${path} metadata.${key}`, kubernetesReasons.machine, 'pod')
}

/** A volume is read where it holds a ConfigMap or a Secret, for what they name. */
function judgeVolume(volume: Fields, path: string, unused: UnusedList): void {
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? ''
  if (!['configMap', 'secret', 'projected'].includes(kind))
    unused.add(`${path} volumes.${textAt(volume, 'name') ?? 0}`, kubernetesReasons.data, 'volumes')
}

function judgeProbe(from: Fields, probe: string, path: string, unused: UnusedList): void {
  const asks = fieldsAt(from, probe)
  for (const kind of ['grpc', 'exec', 'tcpSocket'] as const)
    if (isFields(asks[kind]) && askedPath(listAt(asks, kind, 'command').join(' ')) === undefined)
      unused.add(
        `${path}.${probe}.${kind}`,
        'health names paths of HTTP, so this probe is not there',
        `probe ${kind}`,
      )
  unused.judge(Object.keys(asks), `${path}.${probe}`, 'probe', kubernetesKeys.probe)
  unused.judge(
    Object.keys(fieldsAt(asks, 'httpGet')),
    `${path}.${probe}.httpGet`,
    'httpGet',
    kubernetesKeys.httpGet,
  )
}

function judgeScaler(object: Fields, path: string, unused: UnusedList): void {
  unused.judge(Object.keys(fieldsAt(object, 'spec')), `${path} spec`, 'scaler', kubernetesKeys.scaler)
  for (const metric of listAt(object, 'spec', 'metrics')) {
    const name = textAt(metric, 'resource', 'name') ?? textAt(metric, 'type') ?? '?'
    if (name !== 'cpu')
      unused.add(`${path} spec.metrics.${name}`, 'scaling goes by CPU alone here: scale.cpu', 'metric')
  }
}
