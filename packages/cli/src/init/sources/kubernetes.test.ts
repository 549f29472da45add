import { describe, expect, it } from 'vitest'
import type { ServiceSketch } from '../system-sketch.js'
import { kubernetesServices } from './kubernetes.js'

interface Workload {
  readonly container?: object
  readonly spec?: object
  readonly pod?: object
}

function deployment(
  name: string,
  { container = {}, spec = {}, pod = {} }: Workload = {},
): Record<string, unknown> {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [container], ...pod } }
  return { kind: 'Deployment', metadata: { name }, spec: { ...spec, template } }
}

function order(container: object, ...others: Record<string, unknown>[]): ServiceSketch | undefined {
  return kubernetesServices([deployment('order', { container }), deployment('payment'), ...others])[0]
}

describe('a workload of Kubernetes', () => {
  it('has probes, the port that is named http, and a drain', () => {
    const container = {
      ports: [
        { containerPort: 9090, name: 'metrics' },
        { containerPort: 8080, name: 'http' },
      ],
      livenessProbe: { httpGet: { path: '/live' } },
      readinessProbe: { httpGet: { path: '/ready' } },
      startupProbe: { exec: { command: ['true'] } },
    }
    const object = deployment('order', { container, pod: { terminationGracePeriodSeconds: 45 } })
    expect(kubernetesServices([object])).toEqual([
      {
        name: 'order',
        kind: 'service',
        port: 8080,
        live: '/live',
        ready: '/ready',
        drain: '45s',
        remarks: ['startupProbe runs true: health.startup is a path of HTTP, so it is not here'],
        calls: [],
      },
    ])
  })

  it('has its replicas, or the bounds of its autoscaler, and what may be away', () => {
    const scaler = {
      kind: 'HorizontalPodAutoscaler',
      spec: {
        scaleTargetRef: { name: 'order' },
        minReplicas: 2,
        maxReplicas: 9,
        metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 65 } } }],
      },
    }
    const budget = {
      kind: 'PodDisruptionBudget',
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'order' } } },
    }
    const workload = deployment('order', { spec: { replicas: 3 } })
    expect(kubernetesServices([workload])).toMatchObject([{ replicasMin: 3, replicasMax: 3 }])
    expect(kubernetesServices([workload, scaler, budget])).toMatchObject([
      { replicasMin: 2, replicasMax: 9, cpu: '65%', maxUnavailable: 1 },
    ])
  })

  it('calls what its environment names: by workload, by Service, by full name', () => {
    const service = { kind: 'Service', metadata: { name: 'pay' }, spec: { selector: { app: 'payment' } } }
    const value = (text: string): object => ({ env: [{ name: 'TARGET', value: text }] })
    expect(order(value('http://payment:8080/'))?.calls).toEqual(['payment'])
    expect(order(value('http://pay.shop.svc.cluster.local/charges'), service)?.calls).toEqual(['pay'])
    expect(order(value('http://pay/'))?.calls).toEqual([])
    expect(order(value('http://example.com/payment'))?.calls).toEqual([])
  })

  it('is the container that does the work, not the proxy beside it', () => {
    const object = deployment('order')
    const containers = [
      { name: 'istio-proxy', ports: [{ containerPort: 15_090 }] },
      { ports: [{ containerPort: 80 }] },
    ]
    Object.assign(object, { spec: { template: { spec: { containers } } } })
    expect(kubernetesServices([object])).toMatchObject([{ port: 80 }])
  })

  it('has the path that a probe asks for by a command', () => {
    const probe = (...command: string[]): object => ({ exec: { command } })
    const container = {
      livenessProbe: probe('podcli', 'check', 'http', 'localhost:9898/healthz'),
      readinessProbe: probe('sh', '-c', 'curl -f http://127.0.0.1:9898/readyz'),
      startupProbe: probe('cat', '/tmp/ready'),
    }
    expect(order(container)).toMatchObject({ live: '/healthz', ready: '/readyz' })
    expect(order(container)).not.toHaveProperty('startup')
  })

  it('has the port behind its Service, whatever its container lists first', () => {
    const object = deployment('order')
    const containers = [
      {
        ports: [
          { name: 'metrics', containerPort: 9090 },
          { name: 'web', containerPort: 7001 },
        ],
      },
    ]
    Object.assign(object, {
      spec: { template: { metadata: { labels: { app: 'order' } }, spec: { containers } } },
    })
    const service = (ports: object[]): Record<string, unknown> => ({
      kind: 'Service',
      metadata: { name: 'order' },
      spec: { selector: { app: 'order' }, ports },
    })
    const ports = [{ port: 80, targetPort: 'web' }]
    expect(kubernetesServices([object, service(ports)])).toMatchObject([{ port: 7001 }])
    expect(kubernetesServices([object, service([{ port: 8080 }])])).toMatchObject([{ port: 8080 }])
  })

  it('calls what a ConfigMap of its environment names', () => {
    const map = { kind: 'ConfigMap', metadata: { name: 'urls' }, data: { PAYMENT: 'http://payment' } }
    expect(order({ envFrom: [{ configMapRef: { name: 'urls' } }] }, map)?.calls).toEqual(['payment'])
    const reference = { configMapKeyRef: { name: 'urls', key: 'PAYMENT' } }
    expect(order({ env: [{ name: 'A', valueFrom: reference }] }, map)?.calls).toEqual(['payment'])
  })

  it('may hold anything: what cannot be read is left out', () => {
    const odd = [{ kind: 'Deployment' }, { kind: 'StatefulSet', spec: { template: 7 } }, { kind: 'Service' }]
    expect(kubernetesServices(odd).map(({ name, calls }) => ({ name, calls }))).toEqual([
      { name: 'unnamed', calls: [] },
      { name: 'unnamed-2', calls: [] },
    ])
  })
})
