import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Conversion } from '../src/convert.js'
import type { ImportFormat } from '../src/formats.js'
import { meshKeys } from '../src/mesh/mesh-keys.js'
import { linkerdAnnotations } from '../src/mesh/linkerd-annotations.js'
import { formerKeys } from '../src/resilience4j/module-config.js'
import { modules } from '../src/resilience4j/resilience4j-keys.js'
import type { KnownKeys } from '../src/settings/setting.js'
import { importText } from './examples.js'
import { isAnswered, leaves, meshSampleOf, unknownIn, withValue } from './is-answered.js'

/** Values that each key may have, other than what holds without it. */
const samples: Readonly<Record<string, unknown>> = {
  slidingWindowType: 'TIME_BASED',
  initialState: 'OPEN',
  baseConfig: 'nowhere',
  retryExceptions: ['java.net.ConnectException'],
  ignoreExceptions: ['java.net.ConnectException'],
  recordExceptions: ['java.net.ConnectException'],
  contextPropagators: ['shop.Context'],
  failureRateThreshold: 7,
  cancelRunningFuture: false,
  slowCallRateThreshold: 7,
}

function sampleOf(key: string): unknown {
  if (Object.hasOwn(samples, key)) return samples[key]
  if (/predicate|function|class|exception$/i.test(key)) return 'shop.Code'
  if (
    /enable|automatic|register|allow|subscribe|cancel|consume|fail(After|Open)|writable|ignoreClass/i.test(
      key,
    )
  )
    return true
  if (/factor|multiplier/i.test(key)) return 0.7
  if (/duration|threshold|timeout|period|wait|interval/i.test(key)) return '7s'
  return 7
}

describe('each key of Resilience4j, alone in a file', () => {
  /** In every module, those that it does not have set apart by the module's own table. */
  const cases = Object.entries(modules).flatMap(([module, keys]) =>
    Object.keys(keys)
      .filter((key) => !formerKeys.some((former) => former.toLowerCase() === key.toLowerCase()))
      .map((key) => [module, key] as const),
  )

  it.each(cases)('%s.%s is in the manifest or in the report, in any spelling', (module, key) => {
    const within = (settings: object): Conversion =>
      importText('resilience4j', stringify({ resilience4j: { [module]: { instances: { b: settings } } } }))
    const without = within({})
    const spellings = [key, key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), key.toUpperCase()]
    for (const spelling of spellings) {
      const alone = within({ [spelling]: sampleOf(key) })
      expect({ unknown: unknownIn(alone), answered: isAnswered(spelling, alone, without) }).toEqual({
        unknown: [],
        answered: true,
      })
      expect(alone.unsupported.map(({ reason }) => reason).join()).not.toContain('no instance')
    }
  })

  it.each(Object.keys(modules))('%s has no other key', (module) => {
    const text = stringify({
      resilience4j: { [module]: { instances: { b: { somethingElse: 1 } }, otherThing: 2 } },
    })
    expect(unknownIn(importText('resilience4j', text)).toSorted()).toEqual(
      [`resilience4j.${module}.instances.b.somethingElse`, `resilience4j.${module}.otherThing`].toSorted(),
    )
  })
})

const backend = { name: 'a' }
const bases: readonly (readonly [ImportFormat, KnownKeys, object])[] = [
  [
    'istio',
    meshKeys.DestinationRule,
    { kind: 'DestinationRule', metadata: { name: 'r' }, spec: { host: 'a' } },
  ],
  [
    'istio',
    meshKeys.VirtualService,
    {
      kind: 'VirtualService',
      metadata: { name: 'r' },
      spec: { hosts: ['a'], http: [{ route: [{ destination: { host: 'a' } }] }] },
    },
  ],
  [
    'gateway-api',
    meshKeys.HTTPRoute,
    {
      kind: 'HTTPRoute',
      metadata: { name: 'r' },
      spec: { parentRefs: [{ kind: 'Service', name: 'a' }], rules: [{ backendRefs: [backend] }] },
    },
  ],
  [
    'gateway-api',
    meshKeys.HTTPRoute,
    {
      kind: 'HTTPRoute',
      metadata: { name: 'r' },
      spec: { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [backend] }] },
    },
  ],
  [
    'linkerd',
    meshKeys.ServiceProfile,
    {
      kind: 'ServiceProfile',
      metadata: { name: 'a' },
      spec: { routes: [{ condition: { method: 'GET', pathRegex: '/a' } }] },
    },
  ],
]
/** What an object is known by, and what changes nothing: a host that is the service itself, the weight of all. */
const identities = [
  'apiVersion',
  'kind',
  'metadata.name',
  'metadata.namespace',
  'spec.host',
  'spec.http.route.destination.host',
  'spec.http.route.weight',
  'spec.rules.backendRefs.weight',
]

describe.each(bases)('each key of a mesh, alone in a file: %s', (format, keys, base) => {
  const without = importText(format, stringify(base))
  const paths = leaves(keys).filter((path) => {
    const name = path.join('.')
    return (
      !identities.includes(name) &&
      !/annotations|(parentRefs|backendRefs)\.(name|kind|group|namespace)$/.test(name)
    )
  })

  it.each(paths.map((path) => [path.join('.'), path] as const))('%s is answered', (_, path) => {
    const key = path.at(-1) ?? ''
    const alone = importText(format, stringify(withValue(base, path, meshSampleOf(key))))
    expect({ unknown: unknownIn(alone), answered: isAnswered(key, alone, without) }).toEqual({
      unknown: [],
      answered: true,
    })
  })

  it('has no other key at the top of its spec', () => {
    const text = stringify(withValue(base, ['spec', 'somethingElse'], 1))
    expect(unknownIn(importText(format, text)).join()).toMatch(/spec\.somethingElse$/)
  })
})

it.each(Object.keys(linkerdAnnotations).filter((key) => key !== '*'))(
  'the annotation %s is answered',
  (key) => {
    const within = (annotations: object): Conversion =>
      importText(
        'linkerd',
        stringify({
          kind: 'Service',
          metadata: { name: 'a', annotations: { 'retry.linkerd.io/x': '1', ...annotations } },
        }),
      )
    const value = /http/.test(key)
      ? '5xx'
      : key.endsWith('accrual')
        ? 'consecutive'
        : /limit|failures/.test(key)
          ? '7'
          : '7s'
    const alone = within({ [key]: value })
    expect({
      unknown: unknownIn(alone),
      answered: isAnswered(key, alone, within({})),
    }).toEqual({
      unknown: [],
      answered: true,
    })
  },
)

it('has an answer for every key of VirtualService and DestinationRule', () => {
  const file = new URL('files/every-key-mesh.yaml', import.meta.url)
  const conversion = importText('istio', readFileSync(file, 'utf8'), 'every.yaml')
  expect(unknownIn(conversion)).toEqual([])
  expect(conversion.unsupported.length).toBeGreaterThan(40)
})

it('has an answer for every key of a Resiliency', () => {
  const policies = `timeouts: { t: 1s }
    retries: { r: { policy: constant, duration: 1s, maxInterval: 1s, maxRetries: 1, matching: { httpStatusCodes: "500", gRPCStatusCodes: "1" } } }
    circuitBreakers: { c: { maxRequests: 1, interval: 1s, timeout: 1s, trip: totalFailures > 1 } }`
  const use = 'timeout: t, retry: r, circuitBreaker: c'
  const text = `apiVersion: dapr.io/v1alpha1
kind: Resiliency
version: v1alpha1
metadata: { name: all, namespace: n }
scopes: [a]
spec:
  policies:
    ${policies}
  targets:
    apps: { b: { ${use}, circuitBreakerCacheSize: 1 } }
    actors: { d: { ${use}, circuitBreakerScope: id, circuitBreakerCacheSize: 1 } }
    components: { e: { inbound: { ${use} }, outbound: { ${use} } } }
`
  const conversion = importText('dapr', text, 'all.yaml')
  expect(unknownIn(conversion)).toEqual([])
  expect(conversion.manifest).toContain('attempt: 1s')
})

describe('each key of a Resiliency, alone', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['timeouts', '', '7s'],
    ['retries', 'policy', 'exponential'],
    ['retries', 'duration', '7s'],
    ['retries', 'maxInterval', '7s'],
    ['retries', 'maxRetries', 7],
    ['retries', 'matching', { httpStatusCodes: '503' }],
    ['retries', 'matching', { gRPCStatusCodes: '4' }],
    ['circuitBreakers', 'maxRequests', 7],
    ['circuitBreakers', 'interval', '7s'],
    ['circuitBreakers', 'timeout', '7s'],
    ['circuitBreakers', 'trip', 'consecutiveFailures > 7'],
  ]
  const parts: Readonly<Record<string, string>> = {
    timeouts: 'timeout',
    retries: 'retry',
    circuitBreakers: 'circuitBreaker',
  }

  it.each(cases)('%s.%s is answered', (group, key, value) => {
    const within = (policy: unknown): Conversion =>
      importText(
        'dapr',
        stringify({
          kind: 'Resiliency',
          metadata: { name: 'r' },
          spec: {
            policies: { [group]: { p: policy } },
            targets: { apps: { a: { [parts[group] ?? '']: 'p' } } },
          },
        }),
      )
    const alone = within(key === '' ? value : { [key]: value })
    const without = within(key === '' ? '1s' : {})
    const answered = isAnswered(key === '' ? 'p' : key, alone, without)
    expect({ unknown: unknownIn(alone), answered }).toEqual({ unknown: [], answered: true })
    expect(alone.unsupported.map(({ reason }) => reason).join()).not.toContain('no app under targets')
  })
})
