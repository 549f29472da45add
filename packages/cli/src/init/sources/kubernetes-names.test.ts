import { describe, expect, it } from 'vitest'
import { initFromFiles as read, reasonOf } from '../../../test/init-from-files.js'

const workload = (name: string, more = '', container = 'image: x', kind = 'Deployment') =>
  `kind: ${kind}\nmetadata: { name: ${name}, ${more} }\nspec: { template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ ${container} }] } } }\n`

describe('Kubernetes', () => {
  it('keeps the same name in two namespaces apart', async () => {
    const text = [
      `kind: Deployment\nmetadata: { name: api, namespace: shop }\nspec: { replicas: 2, template: { spec: { containers: [{ image: x }] } } }\n`,
      `kind: Deployment\nmetadata: { name: api, namespace: bank }\nspec: { replicas: 5, template: { spec: { containers: [{ image: y }] } } }\n`,
      workload(
        'page',
        'namespace: shop',
        "image: p, env: [{ name: A, value: 'http://api' }, { name: B, value: 'http://api.bank.svc.cluster.local' }]",
      ),
    ].join('---\n')
    const { manifest } = await read({ 'all.yaml': text })
    expect(manifest).toMatch(/ {2}api:(\n {4}.*)*scale: \{ min: 2/)
    expect(manifest).toMatch(/ {2}api-bank:(\n {4}.*)*scale: \{ min: 5/)
    expect(manifest).toContain('      api: { policy: standard }\n      api-bank: { policy: standard }\n')
  })

  it('names the versions behind a Service after the Service', async () => {
    const text = `kind: Service
metadata: { name: reviews }
spec: { selector: { app: reviews } }
---
kind: Deployment
metadata: { name: reviews-v1 }
spec: { replicas: 2, template: { metadata: { labels: { app: reviews } }, spec: { containers: [{ image: r1 }] } } }
---
kind: Deployment
metadata: { name: reviews-v2 }
spec: { template: { metadata: { labels: { app: reviews } }, spec: { containers: [{ image: r2 }] } } }
---
kind: Deployment
metadata: { name: page }
spec: { template: { spec: { containers: [{ image: p, env: [{ name: U, value: 'http://reviews' }] }] } } }
`
    const { manifest } = await read({ 'all.yaml': text })
    expect(manifest).toContain('  reviews:\n    description: "image r1; versions reviews-v1, reviews-v2"\n')
    expect(manifest).toContain('    scale: { min: 3, max: 3 }\n')
    expect(manifest).toContain('      reviews: { policy: standard }\n')
    expect(manifest).not.toContain('  reviews-v1:')
  })

  it('takes a base of Kustomize and its patch for one, and says how to read the whole', async () => {
    const patch = 'kind: Deployment\nmetadata: { name: a }\nspec: { replicas: 9 }\n'
    const base =
      'kind: Deployment\nmetadata: { name: a }\nspec: { replicas: 2, template: { spec: { containers: [{ image: x }] } } }\n'
    const printed = await read({ 'a-patch.yaml': patch, 'base.yaml': base })
    expect(printed.manifest).toContain('    description: image x\n')
    expect(printed.manifest).toContain('scale: { min: 2, max: 2 }')
    expect(reasonOf(printed, 'Deployment/a')).toContain('kubectl kustomize')
  })

  it('an umbrella Service over all of it names nobody', async () => {
    const service = (name: string, selector: string) =>
      `kind: Service\nmetadata: { name: ${name} }\nspec: { selector: { ${selector} } }\n`
    const own = (name: string) =>
      `kind: Deployment\nmetadata: { name: ${name}-deployment }\nspec: { template: { metadata: { labels: { of: shop, app: ${name} } }, spec: { containers: [{ image: x }] } } }\n`
    const text = [
      service('all', 'of: shop'),
      service('cart', 'app: cart'),
      service('pay', 'app: pay'),
      own('cart'),
      own('pay'),
    ].join('---\n')
    const { manifest } = await read({ 'all.yaml': text })
    expect(manifest).toContain('  cart:\n')
    expect(manifest).toContain('  pay:\n')
    expect(manifest).not.toContain('  all:\n')
  })

  it.each([
    ['minAvailable: 2', 1],
    ["minAvailable: '50%'", 1],
    ["maxUnavailable: '34%'", 2],
    ['maxUnavailable: 2', 2],
    ['minAvailable: 3', 0],
  ])('reads a disruption budget { %s } of three', async (budget, away) => {
    const text = `kind: Deployment
metadata: { name: a }
spec:
  replicas: 3
  strategy: { type: Recreate }
  template:
    metadata: { labels: { app: a } }
    spec: { containers: [{ image: a, readinessProbe: { grpc: { port: 9 } } }] }
---
kind: PodDisruptionBudget
spec: { ${budget}, selector: { matchLabels: { app: a } } }
`
    const printed = await read({ 'all.yaml': text })
    expect(printed.manifest).toContain(`scale: { min: 3, max: 3, maxUnavailable: ${away} }`)
    expect(printed.manifest).toContain('    release: recreate\n')
    expect(printed.manifest).toContain(
      '# readinessProbe asks by gRPC on port 9: health.ready is a path of HTTP',
    )
    expect(reasonOf(printed, 'readinessProbe.grpc')).toContain('health names paths of HTTP')
  })

  it.each(['db-0.db', 'db-1.db.shop', 'db-2.db.shop.svc.cluster.local:5432'])(
    'a pod of a StatefulSet is its service: %s',
    async (host) => {
      const text = [
        workload('web', 'namespace: shop', `image: w, env: [{ name: DB_HOST, value: '${host}' }]`),
        workload('db', 'namespace: shop', 'image: postgres', 'StatefulSet'),
      ].join('---\n')
      expect((await read({ 'all.yaml': text })).manifest).toContain('      db: { policy: datastore }\n')
    },
  )

  it.each([
    ['{ name: grpc-api, port: 50051 }', true],
    ['{ port: 80, appProtocol: kubernetes.io/h2c }', true],
    ['{ name: grpc, port: 80, appProtocol: http }', false],
    ['{ name: dns, port: 53, protocol: UDP }, { name: http2, port: 80 }', true],
    ['{ name: http, port: 80 }, { name: grpc, port: 81 }', false],
  ])('a Service with the ports [%s] is called by HTTP/2: %s', async (ports, isHttp2) => {
    const service = `kind: Service\nmetadata: { name: pay }\nspec: { selector: { app: pay }, ports: [${ports}] }\n`
    const { manifest } = await read({ 'all.yaml': `${service}---\n${workload('pay')}` })
    expect(manifest.includes('    protocol: h2\n')).toBe(isHttp2)
    expect(manifest).not.toContain('port: 53')
  })

  it('names a port of UDP, at which nobody is called', async () => {
    const printed = await read({
      'all.yaml': workload('a', '', 'image: x, ports: [{ containerPort: 53, protocol: UDP }]'),
    })
    expect(printed.manifest).not.toContain('port: 53')
    expect(reasonOf(printed, 'ports.53')).toContain('another protocol')
  })

  it('says of each kind of probe what it asks', async () => {
    const probes =
      'image: x, livenessProbe: { exec: { command: [check, -a] } }, readinessProbe: { tcpSocket: { port: 80 } }, startupProbe: { httpGet: { path: /up } }'
    const { manifest } = await read({ 'all.yaml': workload('a', '', probes) })
    expect(manifest).toContain('health: { startup: /up }')
    expect(manifest).toContain('# livenessProbe runs check -a')
    expect(manifest).toContain('# readinessProbe opens port 80')
  })
})
