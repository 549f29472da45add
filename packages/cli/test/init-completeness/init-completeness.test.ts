import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { inFolder } from '../run-process.js'
import { watertightHere } from '../watertight-here.js'
import type { PrintedInit } from '../init-from-files.js'
import { composeServiceKeys, composeTopKeys } from './compose-keys.js'
import { scalarsOf } from './scalars-of.js'
import { kubernetesKeys } from './kubernetes-keys.js'

type Tree = { [key: string]: unknown }

const NOT_KNOWN = /this key is not known|are not read$/
/** Where a line of the report comes from is no setting, and neither is the name of the file. */
const settingsOf = ({ manifest }: PrintedInit): string => manifest.replace(/(^|\s)# .*$/gm, '')
const reportOf = ({ unused }: PrintedInit): string[] => unused.map(({ path, reason }) => `${path}: ${reason}`)
const remarksOf = ({ manifest }: PrintedInit): string[] =>
  manifest.match(/^ +# (?!run:|health:|objective:|calls:).*$/gm) ?? []

/** Reads each tree by itself, all in one folder. */
async function readEach(
  trees: Readonly<Record<string, readonly Tree[]>>,
  more: Readonly<Record<string, string>> = {},
): Promise<Record<string, PrintedInit>> {
  const found: Record<string, PrintedInit> = {}
  const files = Object.fromEntries(
    Object.entries(trees).map(([name, documents]) => [
      `${name}/file.yaml`,
      documents.map((tree) => stringify(tree)).join('---\n'),
    ]),
  )
  await inFolder({ ...files, ...more }, async (cwd) => {
    for (const name of Object.keys(trees)) {
      const { code, out, err } = await watertightHere(
        ['init', '--dry-run', '--json', '--from', `${name}/file.yaml`],
        { cwd },
      )
      if (code !== 0) throw new Error(`${name}: ${out}${err}`)
      found[name] = JSON.parse(out) as PrintedInit
    }
  })
  return found
}

function withValue(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree {
  return { ...tree, [key]: rest.length === 0 ? value : withValue((tree[key] ?? {}) as Tree, rest, value) }
}

/** The keys that change neither the manifest nor the report, and those that are called unknown. */
async function judged(
  keys: Readonly<Record<string, unknown>>,
  put: (path: string, value: unknown) => readonly Tree[],
  bare: readonly Tree[],
): Promise<{ silent: string[]; unknown: string[] }> {
  const names = Object.keys(keys)
  const folder = (name: string): string => name.replaceAll('/', '-')
  const all = await readEach(
    { 'no-key': bare, ...Object.fromEntries(names.map((name) => [folder(name), put(name, keys[name])])) },
    {},
  )
  const before = all['no-key'] as PrintedInit
  const silent: string[] = []
  const unknown: string[] = []
  for (const name of names) {
    const now = all[folder(name)] as PrintedInit
    const said = [settingsOf(now), ...reportOf(now), ...remarksOf(now)]
      .join('\n')
      .replaceAll(`${folder(name)}/`, '')
    const saidBefore = [settingsOf(before), ...reportOf(before), ...remarksOf(before)]
      .join('\n')
      .replaceAll('no-key/', '')
    if (said === saidBefore) silent.push(name)
    if (now.unused.some(({ reason }) => NOT_KNOWN.test(reason))) unknown.push(name)
  }
  return { silent, unknown }
}

const nothing = { silent: [], unknown: [] }

describe('of Compose, each known key alone is in the manifest or in the report', () => {
  const bare = {
    services: {
      web: { image: 'shop/base' },
      pay: { image: 'shop/pay', stop_grace_period: '7s', environment: { BACK: 'http://the-web' } },
    },
  }

  it('below a service', { timeout: 120_000 }, async () => {
    const put = (path: string, value: unknown): Tree[] => [
      withValue(bare, ['services', 'web', ...path.split('.')], value),
    ]
    expect(await judged(composeServiceKeys, put, [bare])).toEqual(nothing)
  })

  it('at the top', { timeout: 60_000 }, async () => {
    expect(await judged(composeTopKeys, (path, value) => [withValue(bare, [path], value)], [bare])).toEqual(
      nothing,
    )
  })
})

describe('of Kubernetes, each known key alone is in the manifest or in the report', () => {
  const container = { name: 'web', image: 'shop/base' }
  const deployment = (name: string, more: Tree = {}): Tree => ({
    kind: 'Deployment',
    metadata: { name },
    spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [container], ...more } } },
  })
  const pay = deployment('pay')
  const hosts = { kind: 'ConfigMap', metadata: { name: 'pay-hosts' }, data: { PAY_URL: 'http://pay' } }

  it('of a Deployment', { timeout: 60_000 }, async () => {
    const put = (path: string, value: unknown): Tree[] => [
      withValue(deployment('web'), path.split('.'), value),
      pay,
    ]
    expect(await judged(kubernetesKeys.deployment, put, [deployment('web'), pay])).toEqual(nothing)
  })

  it('of its pod', { timeout: 60_000 }, async () => {
    const put = (path: string, value: unknown): Tree[] => [deployment('web', { [path]: value }), pay]
    expect(await judged(kubernetesKeys.pod, put, [deployment('web'), pay])).toEqual(nothing)
  })

  it('of its container', { timeout: 60_000 }, async () => {
    const put = (path: string, value: unknown): Tree[] => [
      deployment('web', { containers: [withValue(container, path.split('.'), value)] }),
      pay,
      hosts,
    ]
    expect(await judged(kubernetesKeys.container, put, [deployment('web'), pay, hosts])).toEqual(nothing)
  })

  it.each(Object.keys(kubernetesKeys.beside))('of a %s', { timeout: 60_000 }, async (kind) => {
    const beside: Tree = {
      kind,
      metadata: { name: 'front' },
      spec:
        kind === 'Service'
          ? { selector: { app: 'web' } }
          : kind === 'PodDisruptionBudget'
            ? { selector: { matchLabels: { app: 'web' } } }
            : { scaleTargetRef: { name: 'web' } },
    }
    const web = withValue(deployment('web'), ['spec', 'replicas'], 3)
    const put = (path: string, value: unknown): Tree[] => [
      web,
      pay,
      withValue(beside, ['spec', ...path.split('.')], value),
    ]
    expect(await judged(kubernetesKeys.beside[kind] ?? {}, put, [web, pay, beside])).toEqual(nothing)
  })
})

describe('a key that nobody knows is named, wherever it stands', () => {
  const unknownAt = async (
    trees: readonly Tree[],
    places: readonly (readonly (string | number)[])[],
  ): Promise<string[]> => {
    const cases = places.map((keys) => {
      const copy = structuredClone(trees) as Tree[]
      let at: unknown = copy
      for (const key of keys) at = (at as Record<string | number, unknown>)[key]
      ;(at as Tree)['somethingElse'] = 1
      return copy
    })
    const all = await readEach(Object.fromEntries(cases.map((tree, index) => [`case-${index}`, tree])))
    return places
      .filter((_, index) => !all[`case-${index}`]?.unused.some(({ path }) => path.endsWith('somethingElse')))
      .map((keys) => keys.join('.'))
  }

  it('in Compose', async () => {
    const tree = {
      include: [{ path: 'other.yaml' }],
      services: {
        web: {
          image: 'x',
          ports: [{ target: 80 }],
          depends_on: { pay: {} },
          env_file: [{ path: 'web.env', required: false }],
          deploy: {},
          healthcheck: {},
        },
        pay: { image: 'y' },
      },
    }
    const web = [0, 'services', 'web']
    const below = [['ports', 0], ['depends_on', 'pay'], ['env_file', 0], ['deploy'], ['healthcheck'], []]
    const places = [[0], [0, 'include', 0], ...below.map((keys) => [...web, ...keys])]
    expect(await unknownAt([tree], places)).toEqual([])
  })

  it('in Kubernetes', async () => {
    const probe = { httpGet: { path: '/healthz' } }
    const container = {
      image: 'x',
      ports: [{ containerPort: 80 }],
      env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }],
      envFrom: [{ configMapRef: { name: 'c' } }],
      livenessProbe: probe,
      readinessProbe: probe,
    }
    const web = {
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { strategy: {}, template: { spec: { containers: [container] } } },
    }
    const beside = ['Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'].map((kind) => ({
      kind,
      metadata: { name: 'web' },
      spec: {},
    }))
    const own = [0, 'spec', 'template', 'spec', 'containers', 0]
    const below = [
      [],
      ['ports', 0],
      ['env', 0],
      ['env', 0, 'valueFrom'],
      ['envFrom', 0],
      ['livenessProbe'],
      ['livenessProbe', 'httpGet'],
    ]
    const places = [
      [0, 'spec'],
      [0, 'spec', 'strategy'],
      [0, 'spec', 'template', 'spec'],
      ...below.map((keys) => [...own, ...keys]),
      [1, 'spec'],
      [2, 'spec'],
      [3, 'spec'],
    ]
    expect(await unknownAt([web, ...beside], places)).toEqual([])
  })
})

describe('of the examples, any one value that is taken away is missed', () => {
  const compose = `
name: shop
services:
  web:
    image: shop/web
    command: node server.js
    ports: [{ target: 7001, published: 80 }]
    environment: { PAY_URL: 'http://pay:7002/charges' }
    env_file: [{ path: web.env, required: true }]
    depends_on: { stock: { condition: service_healthy }, migrate: { condition: service_completed_successfully } }
    healthcheck: { test: 'curl -f http://localhost:7001/healthz' }
    deploy: { replicas: 3 }
    stop_grace_period: 20s
  pay: { image: shop/pay, extends: { service: base } }
  stock: { image: shop/stock, networks: { back: { aliases: [stocks] } }, links: [cache] }
  fast: { image: shop/fast, command: [run, --stock=http://stocks], scale: 2 }
  base: { build: ., expose: [7009] }
  cache: { image: redis }
  migrate: { image: shop/migrate, command: node migrate.js }
`
  const kubernetes = `
kind: Deployment
metadata: { name: web-v1 }
spec:
  replicas: 3
  strategy: { type: Recreate }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 40
      containers:
        - name: web
          image: shop/web
          ports: [{ name: metrics, containerPort: 9090 }, { name: web, containerPort: 7001 }]
          env:
            - { name: PAY_URL, value: 'http://pay.shop.svc.cluster.local' }
            - { name: STOCK, valueFrom: { configMapKeyRef: { name: hosts, key: stock } } }
          envFrom: [{ secretRef: { name: more } }]
          livenessProbe: { httpGet: { path: /healthz } }
          readinessProbe: { grpc: { port: 7001 } }
---
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: web }] }
---
kind: ConfigMap
metadata: { name: hosts }
data: { stock: 'http://stock' }
---
kind: Secret
metadata: { name: more }
stringData: { TAX_URL: 'http://tax' }
---
kind: Deployment
metadata: { name: pay, namespace: shop }
spec: { template: { spec: { containers: [{ image: shop/pay }] } } }
---
kind: Deployment
metadata: { name: stock }
spec: { template: { metadata: { labels: { app: stock } }, spec: { containers: [{ image: shop/stock }] } } }
---
kind: StatefulSet
metadata: { name: tax }
spec: { template: { spec: { containers: [{ image: shop/tax }] } } }
---
kind: HorizontalPodAutoscaler
metadata: { name: stock }
spec:
  scaleTargetRef: { name: stock }
  minReplicas: 2
  maxReplicas: 9
  metrics: [{ resource: { name: cpu, target: { averageUtilization: 60 } } }]
---
kind: PodDisruptionBudget
metadata: { name: stock }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: stock } } }
`
  /** The names of objects that nobody refers to, of variables whose values say all, and values that are defaults. */
  const withoutEffect = [
    /(pay|stock)\.metadata\.name$/,
    /^PodDisruptionBudget/,
    /^HorizontalPodAutoscaler\/stock\.metadata/,
    /env\[\d\]\.name$/,
    /containers\[0\]\.name$/,
    /required$/,
    /ports\[0\]\.name$/,
    /stock\.condition$/,
    /fast\.command\[0\]$/,
    /published$/,
    /Service\/web\.spec\.ports\[0\]\.port$/,
    /pay\.metadata\.namespace$/,
  ]

  it.each([
    ['Compose', compose],
    ['Kubernetes', kubernetes],
  ])('of %s', { timeout: 120_000 }, async (_, text) => {
    const documents = parseAllDocuments(text).map((document) => document.toJS() as Tree)
    const scalars = scalarsOf(documents).filter(({ path }) => !withoutEffect.some((one) => one.test(path)))
    const trees = Object.fromEntries(scalars.map(({ without }, index) => [`case-${index}`, without]))
    const more = Object.fromEntries(
      ['whole', ...Object.keys(trees)].map((name) => [`${name}/web.env`, 'FAST_URL=http://cache']),
    )
    const all = await readEach({ whole: documents, ...trees }, more)
    const said = (name: string): string => {
      const one = all[name] as PrintedInit
      return [settingsOf(one), ...reportOf(one), ...remarksOf(one)].join('\n').replaceAll(`${name}/`, '')
    }
    const silent = scalars.filter((_one, index) => said(`case-${index}`) === said('whole'))
    expect(silent.map(({ path }) => path)).toEqual([])
  })
})
