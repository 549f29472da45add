/** Every key of a Deployment, its pod and its container that Kubernetes documents, with a value that means something. */
const deployment = {
  'spec.minReadySeconds': 5,
  'spec.paused': true,
  'spec.progressDeadlineSeconds': 60,
  'spec.replicas': 3,
  'spec.revisionHistoryLimit': 3,
  'spec.strategy.type': 'Recreate',
  'spec.strategy.rollingUpdate.maxSurge': 1,
  'spec.strategy.rollingUpdate.maxUnavailable': 1,
  'spec.template.metadata.annotations': { 'linkerd.io/inject': 'enabled' },
  'metadata.annotations': { 'retry.linkerd.io/http': '5xx' },
  'metadata.labels': { tier: 'front' },
}

const pod = {
  activeDeadlineSeconds: 60,
  affinity: { nodeAffinity: {} },
  automountServiceAccountToken: false,
  dnsConfig: { nameservers: ['1.1.1.1'] },
  dnsPolicy: 'None',
  enableServiceLinks: false,
  hostAliases: [{ ip: '1.2.3.4', hostnames: ['a'] }],
  hostIPC: true,
  hostNetwork: true,
  hostPID: true,
  hostUsers: false,
  hostname: 'a',
  imagePullSecrets: [{ name: 'a' }],
  initContainers: [{ name: 'wait', image: 'busybox' }],
  nodeName: 'a',
  nodeSelector: { disk: 'ssd' },
  os: { name: 'linux' },
  preemptionPolicy: 'Never',
  priority: 3,
  priorityClassName: 'high',
  readinessGates: [{ conditionType: 'a' }],
  restartPolicy: 'Always',
  runtimeClassName: 'a',
  schedulerName: 'a',
  schedulingGates: [{ name: 'a' }],
  securityContext: { runAsNonRoot: true },
  serviceAccount: 'a',
  serviceAccountName: 'a',
  setHostnameAsFQDN: true,
  shareProcessNamespace: true,
  subdomain: 'a',
  terminationGracePeriodSeconds: 45,
  tolerations: [{ key: 'a' }],
  topologySpreadConstraints: [{ maxSkew: 1 }],
  volumes: [{ name: 'a', emptyDir: {} }],
}

const container = {
  args: ['--pay=http://pay'],
  command: ['run', '--pay=http://pay'],
  env: [{ name: 'PAY_URL', value: 'http://pay' }],
  envFrom: [{ configMapRef: { name: 'pay-hosts' } }],
  image: 'shop/web:2',
  imagePullPolicy: 'Always',
  'lifecycle.preStop.exec.command': ['sleep', '5'],
  'livenessProbe.exec.command': ['true'],
  'livenessProbe.failureThreshold': 3,
  'livenessProbe.grpc.port': 9,
  'livenessProbe.httpGet': { path: '/healthz', port: 9001, scheme: 'HTTPS' },
  'livenessProbe.httpGet.path': '/healthz',
  'livenessProbe.tcpSocket.port': 9,
  ports: [{ containerPort: 7001, hostPort: 7001, protocol: 'TCP' }],
  'readinessProbe.exec.command': ['true'],
  'readinessProbe.grpc.port': 9,
  'readinessProbe.httpGet.path': '/readyz',
  'readinessProbe.periodSeconds': 3,
  'readinessProbe.tcpSocket.port': 9,
  resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
  'resources.limits.cpu': '1',
  'resources.requests.memory': '1Gi',
  restartPolicy: 'Always',
  securityContext: { privileged: false },
  'startupProbe.exec.command': ['true'],
  'startupProbe.grpc.port': 9,
  'startupProbe.httpGet.path': '/started',
  'startupProbe.initialDelaySeconds': 3,
  'startupProbe.tcpSocket.port': 9,
  stdin: true,
  stdinOnce: true,
  terminationMessagePath: '/a',
  terminationMessagePolicy: 'File',
  tty: true,
  volumeDevices: [{ name: 'a', devicePath: '/a' }],
  volumeMounts: [{ name: 'a', mountPath: '/a' }],
  workingDir: '/w',
}

/** Keys of the objects that stand beside a workload, by kind. */
const beside = {
  Service: {
    allocateLoadBalancerNodePorts: false,
    clusterIP: 'None',
    clusterIPs: ['None'],
    externalIPs: ['1.2.3.4'],
    externalName: 'pay.example',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 30_000,
    internalTrafficPolicy: 'Local',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    loadBalancerClass: 'a',
    loadBalancerIP: '1.2.3.4',
    loadBalancerSourceRanges: ['1.2.3.0/24'],
    ports: [{ port: 80, targetPort: 7005 }],
    publishNotReadyAddresses: true,
    sessionAffinity: 'ClientIP',
    'sessionAffinityConfig.clientIP.timeoutSeconds': 10,
    trafficDistribution: 'PreferClose',
    type: 'LoadBalancer',
  },
  HorizontalPodAutoscaler: {
    behavior: { scaleDown: { stabilizationWindowSeconds: 3 } },
    maxReplicas: 7,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
      },
    ],
    minReplicas: 2,
    targetCPUUtilizationPercentage: 60,
  },
  PodDisruptionBudget: {
    maxUnavailable: 2,
    minAvailable: 2,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
}

type Samples = Readonly<Record<string, unknown>>

/** A value for each key of a workload, of its pod and its container, and of the objects beside it by their kind. */
export const kubernetesKeys: {
  readonly deployment: Samples
  readonly pod: Samples
  readonly container: Samples
  readonly beside: Readonly<Record<string, Samples>>
} = { deployment, pod, container, beside }
