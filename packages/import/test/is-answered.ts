import { NOT_KNOWN, type KnownKeys } from '../src/settings/setting.js'
import type { Conversion } from '../src/convert.js'

/** The manifest without its comments. */
function settingsOf({ manifest }: Conversion): string {
  return manifest.replace(/(^|\s)# .*$/gm, '')
}

/** Whether a key is in the manifest, by its effect or in the comment of a value, or in the report. */
export function isAnswered(key: string, alone: Conversion, without: Conversion): boolean {
  const cited = new RegExp(`# .*\\d ${key.replaceAll('.', '\\.')}\\b`)
  const values = alone.manifest.slice(0, alone.manifest.indexOf('\n# Not in this manifest'))
  return (
    settingsOf(alone) !== settingsOf(without) ||
    reportOf(alone) !== reportOf(without) ||
    cited.test(values) ||
    alone.unsupported.some(({ path }) => path.includes(key) || isWhole(path))
  )
}

/** Lists that are told as a whole. */
function isWhole(path: string): boolean {
  return /parentRefs\[0\]$|filters$/.test(path)
}

function reportOf({ unsupported }: Conversion): string {
  return unsupported.map(({ path, reason }) => `${path}: ${reason}`).join('\n')
}

export function unknownIn({ unsupported }: Conversion): string[] {
  return unsupported.filter(({ reason }) => reason === NOT_KNOWN).map(({ path }) => path)
}

type Path = readonly string[]

/** Every key of a table that has no keys below it. */
export function leaves(keys: KnownKeys, at: Path = []): Path[] {
  return Object.entries(keys).flatMap(([key, known]) => {
    if (key === '*') return []
    return typeof known === 'object' ? leaves(known, [...at, key]) : [[...at, key]]
  })
}

/** Keys under which a list stands. */
const lists = [
  'http',
  'match',
  'route',
  'subsets',
  'rules',
  'matches',
  'backendRefs',
  'routes',
  'filters',
  'parentRefs',
  'listeners',
  'clusters',
  'filterChains',
  'filters',
  'virtualHosts',
  'thresholds',
  'httpFilters',
]

const meshSamples: Readonly<Record<string, unknown>> = {
  simple: 'ROUND_ROBIN',
  retryOn: '5xx',
  host: 'a',
  hosts: ['other'],
  hostnames: ['other.example'],
  consistentHash: { httpHeaderName: 'x' },
  portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: 'RANDOM' } }],
  tls: { mode: 'SIMPLE' },
  isRetryable: true,
  responseClasses: [{ isFailure: true }],
  codes: [503],
  retryRemoteLocalities: true,
  retryIgnorePreviousHosts: false,
  matches: [{ path: { value: '/a' } }],
  condition: { method: 'GET', pathRegex: '/other' },
  subset: 'v1',
  weight: 7,
  percent: 7,
  retryRatio: 0.7,
  attempts: 4,
  annotations: { a: 'b' },
  uri: { prefix: '/x' },
  method: { exact: 'GET' },
  authority: { exact: 'x.example' },
  kind: 'Other',
  priority: 'HIGH',
  secrets: [{ name: 'x' }],
  domains: ['shop.example'],
  weightedClusters: { clusters: [{ name: 'b', weight: 1 }] },
  lbPolicy: 'RANDOM',
  serverNames: ['shop.example'],
  caseSensitive: false,
  retryBudget: { budgetPercent: { value: 7 } },
  safeRegex: { regex: '/x' },
  typedConfig: { '@type': 'x.Other' },
  rds: { routeConfigName: 'other' },
  enforcingConsecutive5xx: 0,
  enforcingConsecutiveGatewayFailure: 100,
  retriableStatusCodes: [503],
}

export function meshSampleOf(key: string): unknown {
  if (Object.hasOwn(meshSamples, key)) return meshSamples[key]
  if (/timeout|interval|time$|backoff|ttl|duration|request$/i.test(key)) return '7s'
  return /^(max|min|consecutive|http|number)/.test(key) ? 7 : 'x7'
}

/** A copy with one value more; in a list it goes into the first item. */
export function withValue(document: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(document)) {
    const [first, ...others] = document as unknown[]
    return [withValue(first ?? {}, path, value), ...others]
  }
  const map = (document ?? {}) as Record<string, unknown>
  const below = map[key] ?? (lists.includes(key) && rest.length > 0 ? [] : undefined)
  return { ...map, [key]: withValue(below, rest, value) }
}
