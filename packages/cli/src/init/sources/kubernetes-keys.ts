import { because, type KeyTable } from './unused.js'

const USED = ''
const machine = 'it is about pods and machines, not about calls; nothing to do'
const data = 'a manifest does not say where data is kept: `state` says whether a service keeps any'
const rollout = 'how a new version comes in is `release`; its numbers have no place in a manifest'

/** Objects beside workloads: those that are used, and why the others are not. */
const kindReasons: KeyTable = {
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

const workloadKeys: KeyTable = {
  ...because(USED, 'replicas selector template strategy serviceName'),
  ...because(rollout, 'minReadySeconds progressDeadlineSeconds updateStrategy'),
  ...because(
    machine,
    'revisionHistoryLimit paused podManagementPolicy ordinals triggers test minReadySeconds workloadRef',
  ),
  ...because(data, 'volumeClaimTemplates persistentVolumeClaimRetentionPolicy'),
}

const strategyKeys: KeyTable = {
  ...because(USED, 'type rollingUpdate canary blueGreen'),
  ...because(
    rollout,
    'rollingParams recreateParams customParams activeDeadlineSeconds resources labels annotations',
  ),
}

const podKeys: KeyTable = {
  ...because(USED, 'containers terminationGracePeriodSeconds volumes'),
  initContainers:
    'what runs before the service starts is no call of it: add a call if the service makes it too',
  ...because(
    machine,
    'affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace subdomain tolerations topologySpreadConstraints setHostnameAsFQDN activeDeadlineSeconds ephemeralContainers hostUsers resourceClaims schedulingGates',
  ),
}

const containerKeys: KeyTable = {
  ...because(USED, 'name image command args env envFrom ports livenessProbe readinessProbe startupProbe'),
  resources:
    'a manifest states no limits of memory and CPU: `capacity` says how many requests it can work on',
  lifecycle: 'what runs before a stop is not known: `drain` says how long the service takes to finish',
  ...because(data, 'volumeMounts volumeDevices'),
  ...because(
    machine,
    'imagePullPolicy securityContext terminationMessagePath terminationMessagePolicy workingDir stdin stdinOnce tty resizePolicy restartPolicy',
  ),
}

const probeKeys: KeyTable = {
  ...because(USED, 'httpGet grpc exec tcpSocket'),
  ...because(
    'how often a probe asks is up to who asks; nothing to do',
    'initialDelaySeconds periodSeconds timeoutSeconds successThreshold failureThreshold terminationGracePeriodSeconds',
  ),
}

const httpGetKeys: KeyTable = {
  ...because(USED, 'path port'),
  ...because('health names a path, which is asked without further headers', 'scheme host httpHeaders'),
}

const portKeys: KeyTable = {
  ...because(USED, 'name containerPort protocol'),
  ...because(machine, 'hostIP hostPort'),
}

const envKeys: KeyTable = because(USED, 'name value valueFrom')
const sourceKeys: KeyTable = {
  ...because(USED, 'configMapKeyRef secretKeyRef'),
  ...because(machine, 'fieldRef resourceFieldRef fileKeyRef'),
}
const envFromKeys: KeyTable = { ...because(USED, 'configMapRef secretRef'), prefix: machine }

const OUTSIDE = 'routes from outside belong to gateway.routes'

const serviceKeys: KeyTable = {
  ...because(USED, 'selector ports type'),
  externalName: 'what is outside is not known: add it under services, with external: true',
  sessionAffinity: 'a caller stays with one replica by `balance: ring-hash` and `hashOn: ip` of a policy',
  sessionAffinityConfig:
    'a caller stays with one replica by `balance: ring-hash` and `hashOn: ip` of a policy',
  ...because(
    OUTSIDE,
    'externalIPs externalTrafficPolicy healthCheckNodePort allocateLoadBalancerNodePorts loadBalancerClass loadBalancerIP loadBalancerSourceRanges',
  ),
  ...because(
    machine,
    'clusterIP clusterIPs internalTrafficPolicy ipFamilies ipFamilyPolicy publishNotReadyAddresses topologyKeys trafficDistribution',
  ),
}

const budgetKeys: KeyTable = {
  ...because(USED, 'selector minAvailable maxUnavailable'),
  unhealthyPodEvictionPolicy: machine,
}

const scalerKeys: KeyTable = {
  ...because(USED, 'scaleTargetRef minReplicas maxReplicas metrics targetCPUUtilizationPercentage'),
  behavior: 'how fast it scales is up to Kubernetes; nothing to do',
}

/** Why a part of Kubernetes is left out where no key says it. */
export const kubernetesReasons: Readonly<
  Record<'used' | 'machine' | 'data' | 'rollout' | 'outside', string>
> = { used: USED, machine, data, rollout, outside: OUTSIDE }

/** The keys of Kubernetes by where they stand: objects by their kind, and the keys of a spec. */
export const kubernetesKeys: Readonly<
  Record<
    | 'kinds'
    | 'workload'
    | 'strategy'
    | 'pod'
    | 'container'
    | 'probe'
    | 'httpGet'
    | 'port'
    | 'env'
    | 'valueFrom'
    | 'envFrom'
    | 'service'
    | 'budget'
    | 'scaler',
    KeyTable
  >
> = {
  kinds: kindReasons,
  workload: workloadKeys,
  strategy: strategyKeys,
  pod: podKeys,
  container: containerKeys,
  probe: probeKeys,
  httpGet: httpGetKeys,
  port: portKeys,
  env: envKeys,
  valueFrom: sourceKeys,
  envFrom: envFromKeys,
  service: serviceKeys,
  budget: budgetKeys,
  scaler: scalerKeys,
}
