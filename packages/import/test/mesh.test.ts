import { checkManifest } from '@watertight/manifest'
import { describe, expect, it } from 'vitest'
import { convert } from '../src/convert.js'
import { ImportError } from '../src/import-error.js'
import { importText, modelOf, reasonsOf } from './examples.js'

const istio = (text: string) => importText('istio', text, 'f.yml')

function rule(spec: string, name = 'a'): string {
  return `kind: DestinationRule\nmetadata: { name: ${name} }\nspec:\n${spec.replace(/^/gm, '  ')}\n`
}

const ejectionOf = (text: string) => modelOf(istio(text)).policies.get('a')?.ejection

describe('outlier detection', () => {
  it.each([
    ['consecutiveGatewayErrors: 1', 1],
    ['consecutiveErrors: 3', 3],
    ['consecutive5xxErrors: 7, consecutiveGatewayErrors: 2', 2],
    ['consecutive5xxErrors: 2, consecutiveGatewayErrors: 7', 2],
    ['consecutiveGatewayErrors: 9', 5],
    ['consecutive5xxErrors: 0, consecutiveGatewayErrors: 9', 9],
    ['interval: 1s', 5],
  ])('{ %s } takes an endpoint away at the count that comes first', (detection, failures) => {
    const text = rule(`host: a\ntrafficPolicy: { outlierDetection: { ${detection} } }`)
    expect(ejectionOf(text)?.consecutiveFailures).toBe(failures)
  })

  it('by gateway errors alone says that other failures count too', () => {
    const conversion = istio(
      rule('host: a\ntrafficPolicy: { outlierDetection: { consecutiveGatewayErrors: 1 } }'),
    )
    expect(reasonsOf(conversion, 'consecutiveGatewayErrors').join()).toContain('not only 502, 503 and 504')
  })
})

describe('a warm-up', () => {
  const warmUpOf = (balancer: string) =>
    modelOf(istio(rule(`host: a\ntrafficPolicy: { loadBalancer: ${balancer} }`))).policies.get('a')?.warmUpMs

  it.each([
    ['{ simple: ROUND_ROBIN, warmupDurationSecs: 45s }', 45_000],
    ['{ simple: LEAST_REQUEST, warmup: { duration: 2m } }', 120_000],
    ['{ warmup: { duration: 2m, minimumPercent: 10, aggression: 1 }, warmupDurationSecs: 45s }', 120_000],
    ['{ consistentHash: { useSourceIp: true }, warmup: { duration: 2m } }', undefined],
    ['{ simple: ROUND_ROBIN }', undefined],
  ])('%s takes so long', (balancer, warmUpMs) => {
    expect(warmUpOf(balancer)).toBe(warmUpMs)
  })

  it('of another shape is named, with what holds', () => {
    const conversion = istio(
      rule(
        'host: a\ntrafficPolicy: { loadBalancer: { simple: ROUND_ROBIN, warmup: { duration: 2m, minimumPercent: 50, aggression: 2 } } }',
      ),
    )
    for (const part of ['minimumPercent', 'aggression'])
      expect(reasonsOf(conversion, part).join()).toContain('begins with a tenth')
  })
})

describe('a rule for a wildcard host', () => {
  const wildcard = rule(
    "host: '*.shop.svc.cluster.local'\ntrafficPolicy: { outlierDetection: { consecutive5xxErrors: 2 } }",
    'all',
  )

  it('holds for the known services that it covers, and says so', () => {
    const conversion = istio(`${wildcard}---
kind: VirtualService
metadata: { name: b, namespace: shop }
spec:
  hosts: [b]
  http: [{ route: [{ destination: { host: b } }] }]
---
kind: VirtualService
metadata: { name: c, namespace: bank }
spec:
  hosts: [c]
  http: [{ route: [{ destination: { host: c } }] }]
`)
    const { policies, services } = modelOf(conversion)
    expect([...services.keys()].toSorted()).toEqual(['app', 'b', 'c'])
    expect(policies.get('b')?.ejection?.consecutiveFailures).toBe(2)
    expect(policies.get('c')?.ejection).toBeUndefined()
    expect(reasonsOf(conversion, 'spec.host')).toEqual([
      'applied to the services that are named here and have no rule of their own: b',
    ])
  })

  it('is declined when it covers nobody', () => {
    const conversion = istio(`${wildcard}---\n${rule('host: a')}`)
    expect([...modelOf(conversion).services.keys()].toSorted()).toEqual(['a', 'app'])
    expect(reasonsOf(conversion, 'DestinationRule/all').join()).toContain(
      'covers no service that is named here',
    )
  })

  it('leaves a service with a rule of its own alone, and the longest wildcard wins', () => {
    const rules = [
      rule("host: '*'\ntrafficPolicy: { outlierDetection: { consecutive5xxErrors: 9 } }", 'every'),
      rule(
        "host: '*.default.svc.cluster.local'\ntrafficPolicy: { outlierDetection: { consecutive5xxErrors: 8 } }",
        'default',
      ),
      rule('host: a\ntrafficPolicy: { outlierDetection: { consecutive5xxErrors: 1 } }'),
      'kind: VirtualService\nmetadata: { name: b }\nspec: { hosts: [b], http: [{ route: [{ destination: { host: b } }] }] }\n',
    ]
    const { policies } = modelOf(istio(rules.join('---\n')))
    expect(policies.get('a')?.ejection?.consecutiveFailures).toBe(1)
    expect(policies.get('b')?.ejection?.consecutiveFailures).toBe(8)
  })

  it('a route of the mesh for every host invents no service', () => {
    const conversion = istio(`${rule('host: a')}---
kind: VirtualService
metadata: { name: every }
spec: { hosts: ['*'], http: [{ route: [{ destination: { host: a } }] }] }
`)
    expect([...modelOf(conversion).services.keys()].toSorted()).toEqual(['a', 'app'])
    expect(reasonsOf(conversion, 'spec.hosts[0]').join()).toContain('name the services')
  })
})

describe('policies of versions', () => {
  const version = (name: string, failures: number) =>
    `{ name: ${name}, labels: { version: ${name} }, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 10 } }, outlierDetection: { consecutive5xxErrors: ${failures} } } }`

  it('are those of the service when there is one', () => {
    const conversion = istio(rule(`host: a\nsubsets: [${version('v1', 2)}]`))
    expect(modelOf(conversion).policies.get('a')).toMatchObject({
      bulkhead: { concurrency: 10 },
      ejection: { consecutiveFailures: 2 },
    })
  })

  it('are those of the service when all are the same', () => {
    const conversion = istio(rule(`host: a\nsubsets: [${version('v1', 2)}, ${version('v2', 2)}]`))
    expect(modelOf(conversion).policies.get('a')?.ejection?.consecutiveFailures).toBe(2)
    expect(conversion.unsupported.filter(({ reason }) => reason.includes('lost'))).toEqual([])
  })

  it('are those of the one that is routed to', () => {
    const route =
      'kind: VirtualService\nmetadata: { name: a }\nspec: { hosts: [a], http: [{ route: [{ destination: { host: a, subset: v2 } }] }] }\n'
    const conversion = istio(
      `${rule(`host: a\nsubsets: [${version('v1', 2)}, ${version('v2', 3)}]`)}---\n${route}`,
    )
    expect(modelOf(conversion).policies.get('a')?.ejection?.consecutiveFailures).toBe(3)
    expect(reasonsOf(conversion, 'subsets[0].trafficPolicy').join()).toContain(
      'pool and ejection of subset v1 are lost',
    )
  })

  it('are named one by one when they differ', () => {
    const conversion = istio(rule(`host: a\nsubsets: [${version('v1', 2)}, ${version('v2', 3)}]`))
    expect(modelOf(conversion).policies.get('a')?.ejection).toBeUndefined()
    for (const at of [0, 1])
      expect(reasonsOf(conversion, `subsets[${at}].trafficPolicy`).join()).toContain(
        `of subset v${at + 1} are lost`,
      )
  })
})

describe('an ingress gateway', () => {
  const route = (name: string, hosts: string, http: string) =>
    `kind: VirtualService\nmetadata: { name: ${name} }\nspec:\n  hosts: [${hosts}]\n  gateways: [gw]\n  http: [${http}]\n`
  const to = (host: string) => `route: [{ destination: { host: ${host} } }]`

  it('with several host names keeps them apart', () => {
    const conversion = istio(
      [
        route('a', 'shop.example.com', `{ ${to('shop')} }`),
        route('b', "'*.admin.example.com', admin.example.com", `{ ${to('admin')} }`),
      ].join('---\n'),
    )
    expect(
      modelOf(conversion).routes.map(({ match, to: service }) => [match.hosts, match.path, service]),
    ).toEqual([
      [['shop.example.com'], '/', 'shop'],
      [['*.admin.example.com', 'admin.example.com'], '/', 'admin'],
    ])
    const { findings } = checkManifest(conversion.manifest)
    expect(findings.filter(({ code }) => code === 'WT-OPERATIONS-ROUTE-SHADOWED')).toEqual([])
  })

  it('with an exact path beside others takes that path alone', () => {
    const conversion = istio(
      route(
        'a',
        "'*'",
        `{ match: [{ uri: { exact: / } }], ${to('ui')} }, { match: [{ uri: { prefix: /api } }], ${to('api')} }`,
      ),
    )
    expect(
      modelOf(conversion).routes.map(({ match, to: service }) => [match.pathKind, match.path, service]),
    ).toEqual([
      ['exact', '/', 'ui'],
      ['prefix', '/api', 'api'],
    ])
    const { findings } = checkManifest(conversion.manifest)
    expect(findings.filter(({ code }) => code === 'WT-OPERATIONS-ROUTE-SHADOWED')).toEqual([])
  })

  it('takes an authority for the host name of its route', () => {
    const conversion = istio(
      route('a', "'*'", `{ match: [{ authority: { exact: shop.example } }], ${to('shop')} }`),
    )
    expect(modelOf(conversion).routes[0]?.match.hosts).toEqual(['shop.example'])
  })

  it('with a host that no route can name leaves the routes out, instead of widening them', () => {
    const conversion = istio(`${route('a', "'shop-*.example'", `{ ${to('shop')} }`)}---\n${rule('host: a')}`)
    expect(modelOf(conversion).routes).toEqual([])
    expect(reasonsOf(conversion, 'spec.hosts').join()).toContain('its routes are left out')
  })

  it('says the limit and the retries that every route has once', () => {
    const conversion = istio(route('a', "'*'", `{ ${to('shop')} }`))
    expect(conversion.manifest.match(/total: 30s/g)).toHaveLength(1)
    expect(modelOf(conversion).routes[0]?.policy.retry?.attempts).toBe(3)
  })
})

describe('a report that is true', () => {
  it('of one VirtualService for a host under two of its names asks for no merging', () => {
    const conversion = istio(`kind: VirtualService
metadata: { name: pay, namespace: shop }
spec:
  hosts: [pay, pay.shop.svc.cluster.local]
  http: [{ timeout: 2s, route: [{ destination: { host: pay } }] }]
`)
    expect(modelOf(conversion).policies.get('pay')?.timeout?.totalMs).toBe(2_000)
    expect(conversion.unsupported).toEqual([])
  })

  it.each(['interval: 1s', 'baseEjectionTime: 9s', 'maxEjectionPercent: 100', 'minHealthPercent: 40'])(
    'of outlier detection that is off speaks of no version: %s',
    (setting) => {
      const detection = `{ consecutive5xxErrors: 0, ${setting} }`
      const conversion = istio(rule(`host: a\ntrafficPolicy: { outlierDetection: ${detection} }`))
      expect(ejectionOf(rule(`host: a\ntrafficPolicy: { outlierDetection: ${detection} }`))).toBeUndefined()
      const key = setting.split(':')[0] ?? ''
      expect(reasonsOf(conversion, key)).toEqual([
        'consecutive5xxErrors is 0, so nothing is ejected; nothing to do',
      ])
    },
  )

  it('of an upgrade to HTTP/2 says how that is written', () => {
    const pool = '{ http: { h2UpgradePolicy: UPGRADE } }'
    const conversion = istio(rule(`host: a\ntrafficPolicy: { connectionPool: ${pool} }`))
    expect(reasonsOf(conversion, 'h2UpgradePolicy').join()).toContain('write protocol: h2')
  })

  it('of a hash beside an algorithm says which of them holds', () => {
    const balancer = '{ simple: ROUND_ROBIN, consistentHash: { useSourceIp: true } }'
    const conversion = istio(rule(`host: a\ntrafficPolicy: { loadBalancer: ${balancer} }`))
    expect(reasonsOf(conversion, 'simple')).toEqual(['consistentHash stands beside it; nothing to do'])
  })

  it('of mutual TLS in several rules says nothing: mesh.mutualTls has it', () => {
    const tls = (name: string) => rule(`host: ${name}\ntrafficPolicy: { tls: { mode: ISTIO_MUTUAL } }`, name)
    const conversion = istio(`${tls('a')}---\n${tls('b')}`)
    expect(modelOf(conversion).document.mesh).toEqual({ kind: 'istio', mutualTls: true })
    expect(conversion.unsupported).toEqual([])
  })

  it('of mutual TLS by port too', () => {
    const conversion = istio(
      rule(
        'host: a\ntrafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: ISTIO_MUTUAL } }] }',
      ),
    )
    expect(conversion.unsupported).toEqual([])
  })

  it('of settings by port names what is lost, and of which port', () => {
    const conversion = istio(
      rule(
        'host: a\ntrafficPolicy: { portLevelSettings: [{ port: { number: 80 }, outlierDetection: { interval: 1s } }] }',
      ),
    )
    expect(reasonsOf(conversion, 'portLevelSettings').join()).toContain('outlierDetection of port 80')
  })
})

it('a workload beside routes is told to be read by init', () => {
  const route =
    'kind: VirtualService\nmetadata: { name: a }\nspec: { hosts: [a], http: [{ route: [{ destination: { host: a } }] }] }\n'
  const conversion = importText('istio', `${route}---\nkind: Deployment\nmetadata: { name: a }\n`)
  expect(reasonsOf(conversion, 'Deployment/a')).toEqual([
    expect.stringContaining('`watertight init --from` reads it'),
  ])
})

describe('several files', () => {
  it('are one mesh, and each value names its file', () => {
    const { manifest } = convert('istio', [
      {
        file: 'mesh/b/rule.yaml',
        text: rule('host: b\ntrafficPolicy: { connectionPool: { http: { http2MaxRequests: 7 } } }'),
      },
      { file: 'mesh/empty.yaml', text: '# nothing\n' },
      { file: 'mesh/c/rule.yaml', text: rule('host: c\nsubset: 1') },
    ])
    expect(manifest).toContain('concurrency: 7 # b/rule.yaml:5 http2MaxRequests')
    expect(manifest).toContain('# - c/rule.yaml:5 DestinationRule/a.spec.subset:')
  })

  it('of which one is a template are refused with the name of that one and a hint', () => {
    const template = {
      file: 'b.yaml',
      text: 'kind: VirtualService\nmetadata: { name: {{ .Values.name }} }\n',
    }
    const read = () => convert('istio', [{ file: 'a.yaml', text: rule('host: a') }, template])
    expect(read).toThrow(ImportError)
    try {
      read()
    } catch (error) {
      expect(error).toMatchObject({
        file: 'b.yaml',
        line: 2,
        hint: expect.stringContaining('helm template') as string,
      })
    }
  })
})

describe('Linkerd', () => {
  it('reads a ServiceProfile: limits, budget, and which operations may be repeated', () => {
    const text = `kind: ServiceProfile
metadata: { name: authors.shop.svc.cluster.local }
spec:
  routes:
    - { name: list, condition: { method: GET, pathRegex: '/authors\\.json' }, isRetryable: true, timeout: 300ms }
    - { name: add, condition: { method: POST, pathRegex: /authors }, timeout: 2s }
  retryBudget: { retryRatio: 0.3, minRetriesPerSecond: 5, ttl: 10s }
`
    const conversion = importText('linkerd', text)
    const { policies, calls } = modelOf(conversion)
    expect(policies.get('authors')).toMatchObject({
      timeout: { totalMs: 2_000 },
      retry: { on: ['5xx'], budget: { ratio: 0.3, minimum: 5 } },
    })
    expect(calls[0]?.operations.get('GET /authors.json')).toBe(true)
    expect(conversion.unsupported.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'ServiceProfile/authors.shop.svc.cluster.local.spec.routes[1]',
        'ServiceProfile/authors.shop.svc.cluster.local.spec.retryBudget.ttl',
      ]),
    )
  })

  it('reads annotations of a Service', () => {
    const text = `kind: Service
metadata:
  name: books
  annotations:
    retry.linkerd.io/http: 5xx,429
    retry.linkerd.io/limit: "2"
    retry.linkerd.io/timeout: 400ms
    timeout.linkerd.io/request: 5s
    balancer.linkerd.io/failure-accrual: consecutive
`
    expect(modelOf(importText('linkerd', text)).policies.get('books')).toMatchObject({
      timeout: { attemptMs: 400, totalMs: 5_000 },
      retry: { attempts: 3, on: ['5xx', 429, 'attempt-timeout'] },
      ejection: { consecutiveFailures: 7 },
    })
  })
})
