import type { Setting } from '../settings/setting.js'
import { readText } from '../settings/read.js'
import type { Hosts } from './hosts.js'
import type { MeshTable } from './mesh-table.js'
import { trafficSections } from './traffic-sections.js'

/** A DestinationRule for a host that stands for many, which is applied when all others are known. */
export interface WildcardRule {
  readonly host: Setting
  readonly document: Setting
}

/** Versions of services that routes lead to, by the service's name. */
export type RoutedVersions = ReadonlyMap<string, ReadonlySet<string>>

export interface RuleContext {
  readonly hosts: Hosts
  readonly table: MeshTable
  readonly routed: RoutedVersions
}

/** Takes what a DestinationRule says of its host; one for a wildcard is handed back for later. */
export function readDestinationRule(
  document: Setting,
  namespace: string,
  { hosts, table, routed }: RuleContext,
): WildcardRule | undefined {
  const host = readText(document.at('spec', 'host'))
  if (host === undefined)
    return document.decline('a DestinationRule needs spec.host, so this one is left out')
  useMutualTls(document)
  if (host.value.startsWith('*')) return { host: host.from, document }
  const name = hosts.serviceOf(host.value, namespace)
  if (table.hasTraffic(name)) {
    document.decline(`an earlier DestinationRule is already there for ${name}: merge the two`)
    return undefined
  }
  const version = versionOf(document, routed.get(name) ?? new Set())
  table.setTraffic(name, host.from, trafficSections(document.at('spec', 'trafficPolicy'), version))
  return undefined
}

/** Applies the rules of wildcards, the longest first, to the services that have no rule of their own. */
export function applyWildcards(rules: readonly WildcardRule[], { hosts, table }: RuleContext): void {
  for (const { host, document } of rules.toSorted((a, b) => b.host.text.length - a.host.text.length)) {
    const free = [...new Set(hosts.covered(host.text))].filter((name) => !table.hasTraffic(name))
    if (free.length === 0) {
      document.decline(
        `${host.text} covers no service that is named here and has no rule of its own: name the services, such as by importing their VirtualServices too`,
      )
      continue
    }
    const version = versionOf(document, new Set())
    const sections = trafficSections(document.at('spec', 'trafficPolicy'), version)
    for (const name of free) table.setTraffic(name, host, sections)
    host.note(
      `applied to the services that are named here and have no rule of their own: ${free.slice(0, 10).join(', ')}`,
    )
  }
}

/**
 * The traffic policy of the version whose settings stand for the service: of the only one that is declared or routed
 * to, or of any when all are the same. What is dropped is named.
 */
function versionOf(document: Setting, routed: ReadonlySet<string>): Setting | undefined {
  const subsets = document.at('spec', 'subsets')?.items ?? []
  const own = subsets.flatMap((subset) => {
    const policy = subset.at('trafficPolicy')
    return policy === undefined ? [] : [{ name: subset.at('name')?.text ?? '', policy }]
  })
  const shapes = new Set(subsets.map((subset) => shapeOf(subset.at('trafficPolicy'))))
  if (own.length > 0 && shapes.size === 1) {
    for (const { policy } of own.slice(1)) policy.useAll()
    return own[0]?.policy
  }
  const only = routed.size === 1 ? own.find(({ name }) => routed.has(name)) : undefined
  for (const { name, policy } of own) {
    if (policy === only?.policy) continue
    const parts = policy.entries.filter((part) => part.key !== 'tls').map(({ key }) => partNames[key] ?? key)
    if (parts.length === 0) continue
    policy.decline(
      `${parts.join(' and ')} of subset ${name} ${parts.length === 1 ? 'is' : 'are'} lost: a policy holds for all versions of a service, so make it a service of its own`,
    )
  }
  return only?.policy
}

const partNames: Readonly<Record<string, string>> = {
  outlierDetection: 'ejection',
  connectionPool: 'pool',
  loadBalancer: 'balancing',
  retryBudget: 'retry budget',
}

/** Equal for equal settings, wherever they stand. */
function shapeOf(setting: Setting | undefined): string {
  if (setting === undefined) return ''
  if (setting.items.length > 0) return `[${setting.items.map(shapeOf).join()}]`
  if (setting.scalar !== undefined) return JSON.stringify(setting.scalar)
  return `{${setting.entries
    .map((entry) => `${entry.key}:${shapeOf(entry)}`)
    .toSorted()
    .join()}}`
}

/** ISTIO_MUTUAL, wherever a rule may say it, is what mesh.mutualTls says. */
function useMutualTls(document: Setting): void {
  for (const mode of mutualModes(document)) mode.use()
  for (const port of document.at('spec', 'trafficPolicy', 'portLevelSettings')?.items ?? []) {
    const others = port.entries.filter(({ key }) => key !== 'port' && key !== 'tls')
    if (others.length === 0 && port.at('tls')?.entries.every((entry) => isMutual(entry))) port.useAll()
  }
}

export function mutualModes(document: Setting): Setting[] {
  const policies = [
    document.at('spec', 'trafficPolicy'),
    ...(document.at('spec', 'trafficPolicy', 'portLevelSettings')?.items ?? []),
    ...(document.at('spec', 'subsets')?.items ?? []).map((subset) => subset.at('trafficPolicy')),
  ]
  return policies
    .map((policy) => policy?.at('tls', 'mode'))
    .filter((mode) => mode !== undefined && isMutual(mode)) as Setting[]
}

function isMutual(mode: Setting): boolean {
  return mode.key === 'mode' && mode.text === 'ISTIO_MUTUAL'
}
