import { checkManifest, readManifest, type SystemModel } from '@watertight/manifest'
import { describe, expect, it } from 'vitest'
import { exampleOf, importText } from '../test/examples.js'
import type { Conversion } from './convert.js'
import { summarise } from './settings/summarise.js'
import { IMPORT_FORMATS, type ImportFormat } from './formats.js'

function modelOf(manifest: string): SystemModel {
  const { system, problems } = readManifest(manifest, 'watertight.yaml')
  expect(problems).toEqual([])
  if (system === undefined) throw new Error('the manifest is not readable')
  return system.model
}

function importExample(format: ImportFormat, service?: string): Conversion & { model: SystemModel } {
  const { text, file } = exampleOf(format)
  const conversion = importText(format, text, file, service === undefined ? {} : { service })
  return { ...conversion, model: modelOf(conversion.manifest) }
}

/** Systems in which a call may take for ever. */
const withoutLimits: Readonly<Record<ImportFormat, string>> = {
  resilience4j: 'resilience4j: { retry: { instances: { a: { maxAttempts: 2 } } }, timelimiter: {} }',
  dapr: 'kind: Resiliency\nspec: { policies: { retries: { r: { maxRetries: 2 } } }, targets: { apps: { a: { retry: r }, b: {} } } }',
  istio:
    'kind: DestinationRule\nspec: { host: a, trafficPolicy: { connectionPool: { tcp: { connectTimeout: 1s } } } }',
  'gateway-api':
    'kind: HTTPRoute\nspec: { parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ name: a }] }] }',
  linkerd: 'kind: Service\nmetadata: { name: a, annotations: { retry.linkerd.io/http: 5xx } }',
  envoy: JSON.stringify({
    resources: [
      {
        '@type': 'v3.RouteConfiguration',
        virtual_hosts: [
          { domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'a', timeout: '0s' } }] },
        ],
      },
    ],
  }),
}

describe.each(IMPORT_FORMATS)('import %s', (format) => {
  it('gives a manifest that can be read, with the source of each value', () => {
    const { manifest } = importExample(format)
    const findings = checkManifest(manifest).findings.filter(({ code }) => code.startsWith('WT-DOC-'))
    expect(findings).toEqual([])
    expect(manifest).toMatch(/# [\w-]+\.ya?ml:\d+ \w+/)
  })

  it('gives a manifest in which nothing is an error', () => {
    const errors = (manifest: string): string[] =>
      // A gateway that repeats a POST does so in the file that is read too.
      checkManifest(manifest).findings.flatMap(({ severity, code, message }) =>
        severity === 'error' && code !== 'WT-RETRY-UNSAFE' ? [message] : [],
      )
    expect(errors(importExample(format).manifest)).toEqual([])
    const { manifest } = importText(format, withoutLimits[format])
    expect(errors(manifest)).toEqual([])
    expect(manifest).toMatch(/total: 30s # [\w ]+ has no limit here/)
  })

  it('names what has no equivalent with path, line and reason', () => {
    const { unsupported, manifest } = importExample(format)
    const { text } = exampleOf(format)
    const lines = text.split('\n')
    for (const { path, line, reason } of unsupported) {
      const key = path.split(/[.[\]/]+/).findLast((part) => !/^\d*$/.test(part)) ?? ''
      if (!/\[\d+\]$|^Gateway/.test(path)) expect(lines[line - 1]).toContain(key)
      expect(reason.length).toBeGreaterThan(20)
    }
    for (const { path, line } of summarise(unsupported)) expect(manifest).toContain(`:${line} ${path}:`)
  })
})

describe('import resilience4j', () => {
  const { model } = importExample('resilience4j')

  it('makes callees of instances, called by the application', () => {
    expect(model.calls.map(({ from, to, policy }) => [from, to, policy.name])).toEqual([
      ['order-service', 'payment-backend', 'payment-backend'],
      ['order-service', 'inventory-backend', 'inventory-backend'],
      ['order-service', 'report-backend', 'report-backend'],
    ])
  })

  it('inherits from baseConfig and from default, and the instance wins', () => {
    expect(model.policies.get('payment-backend')).toMatchObject({
      timeout: { attemptMs: 2_000, totalMs: 60_000 },
      retry: { attempts: 4, backoff: { initialMs: 100, maxMs: 2_000, jitter: 'equal' }, budget: undefined },
      breaker: {
        window: { calls: 10 },
        minimumCalls: 5,
        failureRate: 0.5,
        slowCalls: { overMs: 800, rate: 0.8 },
        openForMs: 5_000,
        halfOpenCalls: 3,
      },
      bulkhead: { concurrency: 10, queue: 0 },
      rateLimit: { limit: 50, perMs: 1_000 },
    })
  })

  it('writes the defaults of Resilience4j where they differ', () => {
    expect(model.policies.get('inventory-backend')).toMatchObject({
      timeout: { attemptMs: 1_000 },
      retry: { attempts: 2, backoff: { initialMs: 250, jitter: 'none' } },
      breaker: { window: { durationMs: 30_000 }, minimumCalls: 100, failureRate: 0.605, openForMs: 1_000 },
      bulkhead: { concurrency: 20, queue: 20, maxWaitMs: 100 },
    })
    expect(model.policies.get('report-backend')?.bulkhead).toMatchObject({ concurrency: 4, queue: 20 })
  })

  it('says of a section without instances that no call has it', () => {
    const { unsupported } = importText('resilience4j', withoutLimits.resilience4j, 'in.yaml')
    expect(unsupported).toMatchObject([
      { path: 'resilience4j.timelimiter', reason: expect.stringMatching(/^no instance of it/) as string },
    ])
  })

  it('takes the caller from --service', () => {
    expect(importExample('resilience4j', 'shop').model.calls[0]?.from).toBe('shop')
  })
})

describe('import dapr', () => {
  const { model } = importExample('dapr')

  it('makes each scope a caller of each app', () => {
    expect(model.calls.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'checkout > payment',
      'checkout > inventory',
      'checkout > tax',
      'backoffice > payment',
      'backoffice > inventory',
      'backoffice > tax',
    ])
  })

  it('counts the first try and trips one failure later than the number', () => {
    expect(model.policies.get('important-general')).toMatchObject({
      timeout: { attemptMs: 90_000 },
      retry: {
        attempts: 3,
        on: [429, 502, 503, 504, 'connect-failure', 'refused-stream', 'reset', 'attempt-timeout'],
      },
      breaker: { consecutiveFailures: 9, failureRate: 1, openForMs: 45_000, halfOpenCalls: 1 },
    })
    expect(model.policies.get('general')?.retry).toMatchObject({
      attempts: 5,
      backoff: { initialMs: 500, maxMs: 15_000, jitter: 'equal' },
    })
  })

  it('bounds retries without end', () => {
    expect(model.policies.get('forever-share')?.retry?.attempts).toBe(3)
  })
})

describe('import istio', () => {
  const { model } = importExample('istio')

  it('counts the first try, and retries twice where nothing is said', () => {
    expect(model.policies.get('reviews')).toMatchObject({
      timeout: { connectMs: 500, attemptMs: 1_000, totalMs: 3_000 },
      retry: { attempts: 4, backoff: { initialMs: 50, maxMs: 500, jitter: 'full' } },
      bulkhead: { concurrency: 100, queue: 50 },
      ejection: { consecutiveFailures: 7, intervalMs: 300_000, baseEjectionMs: 900_000, maxEjected: 0.1 },
      balance: 'round-robin',
    })
    expect(model.policies.get('ratings')?.retry).toMatchObject({
      attempts: 3,
      on: ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'],
      budget: { ratio: 0.25, minimum: 5 },
    })
    expect(model.policies.get('details')?.retry).toBeUndefined()
  })

  it('retries an attempt that timed out only under the conditions that cover it', () => {
    expect(model.policies.get('reviews')?.retry?.on).toEqual([
      'gateway-error',
      'connect-failure',
      'refused-stream',
      503,
      'attempt-timeout',
    ])
  })

  it('makes routes of an ingress gateway, in their order', () => {
    expect(model.routes[0]?.match.headers).toEqual([{ name: 'end-user', kind: 'exact', value: 'tester' }])
    expect(model.routes.map(({ match, to, split }) => [match.path, match.methods, to, [...split]])).toEqual([
      ['/', [], 'productpage', [['v2', 100]]],
      [
        '/productpage',
        ['GET'],
        'productpage',
        [
          ['v1', 95],
          ['v2', 5],
        ],
      ],
      [
        '/api/v1/products',
        [],
        'productpage',
        [
          ['v1', 95],
          ['v2', 5],
        ],
      ],
    ])
    expect(model.routes[0]?.policy.retry?.attempts).toBe(3)
  })

  it('says that the mesh enforces the policies', () => {
    expect(model.calls.every(({ enforce }) => enforce === 'mesh')).toBe(true)
    expect(model.document.mesh).toEqual({ kind: 'istio', mutualTls: true })
  })

  it('says when a route of the mesh leads to another service than the one called', () => {
    const text = `kind: VirtualService
metadata: { name: moved }
spec:
  hosts: [old]
  http:
    - redirect: { uri: /gone }
    - route: [{ destination: { host: new } }]
      timeout: 2s
`
    const { manifest, unsupported } = importText('istio', text, 'in.yaml')
    expect(manifest).toContain('total: 2s # in.yaml:8 timeout')
    expect(unsupported.map(({ path }) => path)).toEqual([
      'VirtualService/moved.spec.http[0]',
      'VirtualService/moved.spec.http[1].route[0].destination.host',
    ])
  })

  it('applies a VirtualService of both kinds to both', () => {
    const text = `kind: VirtualService
metadata: { name: both }
spec:
  hosts: [shop]
  gateways: [mesh, outside]
  http:
    - route: [{ destination: { host: shop } }]
      timeout: 2s
`
    const { manifest } = importText('istio', text, 'in.yaml')
    const both = modelOf(manifest)
    expect(both.policies.get('shop')?.timeout?.totalMs).toBe(2_000)
    expect(both.routes[0]?.policy.timeout?.totalMs).toBe(2_000)
  })
})
