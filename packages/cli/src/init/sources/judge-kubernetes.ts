import { fieldsAt, type Fields, isFields, listAt, textAt } from './fields.js'
import { because, type KeyTable, type UnusedList } from './unused.js'

const USED = ''
const machine = 'it is about pods and machines, not about calls; nothing to do'
const data = 'where data lies is not said in a manifest: `state` says whether a service keeps any'
const rollout = 'how a new version comes in is `release`; its numbers have no place in a manifest'

/** Objects beside workloads: those that are used, and why the others are not. */
const kinds: KeyTable = {
  ...because(USED, 'Service ConfigMap Secret HorizontalPodAutoscaler PodDisruptionBudget List'),
  ...because(
    'a job ends and is called by nobody: add it under services if it calls others',
    'Job CronJob Pod',
  ),
  ...because(
    'routes from outside belong to gateway.routes: `watertight import gateway-api` reads HTTPRoute',
    'Ingress IngressClass IngressRoute Gateway HTTPRoute GRPCRoute Route',
  ),
  ...because('`watertight import istio` reads it', 'VirtualService DestinationRule'),
  ...because('`watertight import linkerd` reads it', 'ServiceProfile'),
  ...because('`watertight import dapr` reads it', 'Resiliency'),
  ...because(
    'read what comes out: kubectl kustomize FOLDER | watertight init --from -',
    'Kustomization Component',
  ),
  ...because(data, 'PersistentVolume PersistentVolumeClaim StorageClass VolumeSnapshot'),
  ...because(
    'it says who may do what, which a manifest does not',
    'ServiceAccount Role RoleBinding ClusterRole ClusterRoleBinding NetworkPolicy PodSecurityPolicy AuthorizationPolicy PeerAuthentication RequestAuthentication',
  ),
  ...because(
    machine,
    'Namespace LimitRange ResourceQuota PriorityClass Node EndpointSlice Endpoints VerticalPodAutoscaler',
  ),
  ...because(
    'metrics are served by telemetry; nothing to do',
    'ServiceMonitor PodMonitor PrometheusRule Telemetry',
  ),
}

const workload: KeyTable = {
  ...because(USED, 'replicas selector template strategy serviceName'),
  ...because(rollout, 'minReadySeconds progressDeadlineSeconds updateStrategy'),
  ...because(
    machine,
    'revisionHistoryLimit paused podManagementPolicy ordinals triggers test minReadySeconds workloadRef',
  ),
  ...because(data, 'volumeClaimTemplates persistentVolumeClaimRetentionPolicy'),
}

const pod: KeyTable = {
  ...because(USED, 'containers terminationGracePeriodSeconds volumes'),
  initContainers:
    'what runs before the service starts is no call of it: add a call if the service makes it too',
  ...because(
    machine,
    'affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace subdomain tolerations topologySpreadConstraints setHostnameAsFQDN activeDeadlineSeconds ephemeralContainers hostUsers resourceClaims schedulingGates',
  ),
}

const container: KeyTable = {
  ...because(USED, 'name image command args env envFrom ports livenessProbe readinessProbe startupProbe'),
  resources:
    'limits of memory and processor are not said in a manifest: `capacity` says how many requests it can work on',
  lifecycle: 'what runs before a stop is not known: `drain` says how long the service takes to finish',
  ...because(data, 'volumeMounts volumeDevices'),
  ...because(
    machine,
    'imagePullPolicy securityContext terminationMessagePath terminationMessagePolicy workingDir stdin stdinOnce tty resizePolicy restartPolicy',
  ),
}

const scaler: KeyTable = {
  ...because(USED, 'scaleTargetRef minReplicas maxReplicas metrics targetCPUUtilizationPercentage'),
  behavior: 'how fast it scales is up to Kubernetes; nothing to do',
}

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
      const reason = Object.hasOwn(kinds, kind) ? kinds[kind] : 'objects of this kind are not read'
      if (reason !== undefined && reason !== USED) unused.add(path, reason, kind)
    }
    if (kind === 'HorizontalPodAutoscaler') judgeScaler(object, path, unused)
  }
}

function judgeWorkload(object: Fields, path: string, unused: UnusedList): void {
  unused.judge(Object.keys(fieldsAt(object, 'spec')), `${path} spec`, 'workload', workload)
  if (Object.keys(fieldsAt(object, 'spec', 'strategy', 'rollingUpdate')).length > 0)
    unused.add(`${path} spec.strategy.rollingUpdate`, rollout, 'rollingUpdate')
  const template = fieldsAt(object, 'spec', 'template', 'spec')
  unused.judge(Object.keys(template), `${path} pod`, 'pod', pod)
  for (const one of listAt(template, 'containers').filter(isFields)) {
    const own = `${path} containers.${textAt(one, 'name') ?? 0}`
    unused.judge(Object.keys(one), own, 'container', container)
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
      judgeProbe(one, probe, own, unused)
  }
}

function judgeProbe(from: Fields, probe: string, path: string, unused: UnusedList): void {
  const asks = fieldsAt(from, probe)
  for (const kind of ['grpc', 'exec', 'tcpSocket'] as const)
    if (isFields(asks[kind]))
      unused.add(
        `${path}.${probe}.${kind}`,
        'health names paths of HTTP, so this probe is not there',
        `probe ${kind}`,
      )
  const timing = Object.keys(asks).filter((key) => !['httpGet', 'grpc', 'exec', 'tcpSocket'].includes(key))
  if (timing.length > 0)
    unused.add(
      `${path}.${probe}.${timing[0]}`,
      'how often a probe asks is up to who asks; nothing to do',
      'probe timing',
    )
}

function judgeScaler(object: Fields, path: string, unused: UnusedList): void {
  unused.judge(Object.keys(fieldsAt(object, 'spec')), `${path} spec`, 'scaler', scaler)
  for (const metric of listAt(object, 'spec', 'metrics')) {
    const name = textAt(metric, 'resource', 'name') ?? textAt(metric, 'type') ?? '?'
    if (name !== 'cpu')
      unused.add(
        `${path} spec.metrics.${name}`,
        'scale follows the processor alone here: scale.cpu',
        'metric',
      )
  }
}
