import type { ReleaseStrategy } from '@watertight/manifest'
import type { Unused } from './sources/unused.js'

/** What `init` knows about a system before it writes the manifest. */
export interface SystemSketch {
  readonly system: string
  readonly services: readonly ServiceSketch[]
  /** What a reader of the manifest should know about where it came from, a line each. */
  readonly notes: readonly string[]
  /** What the files say and the manifest does not. */
  readonly unused?: readonly Unused[]
}

/**
 * `datastore` keeps data, such as Postgres: called by a protocol of its own, which nobody in between may retry.
 * `telemetry` collects what others report: losing it must not matter to a call, so it is no part of the call graph.
 */
export type ServiceKind = 'service' | 'datastore' | 'telemetry'

export interface ServiceSketch {
  readonly name: string
  readonly kind: ServiceKind
  /** Such as `image shop/order:1.2`. */
  readonly description?: string
  readonly run?: string
  readonly port?: number
  /** Where it is not HTTP/1.1. */
  readonly protocol?: 'h2'
  /** A port that another service has too, which the manifest does not allow. */
  readonly clash?: { readonly port: number; readonly owner: string }
  readonly live?: string
  readonly ready?: string
  readonly startup?: string
  readonly replicasMin?: number
  readonly replicasMax?: number
  /** Such as `70%`. */
  readonly cpu?: string
  readonly maxUnavailable?: number
  readonly release?: ReleaseStrategy | undefined
  readonly drain?: string
  /** What its files say and the manifest cannot, a line each. */
  readonly remarks?: readonly string[]
  /** Names of services that it calls. */
  readonly calls: readonly string[]
}

/** A name as the manifest allows it: lower-case letters, digits and dashes, from a letter on. */
export function manifestName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '')
  // YAML reads these words as values, not as names.
  if (['null', 'true', 'false'].includes(name)) return `n-${name}`
  return name === '' ? 'system' : name
}
