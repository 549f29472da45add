import type { SourceNode } from '@watertight/manifest'
import { type ImportSource, mergedEntries } from '../settings/read-settings.js'
import { type Scalar, Setting } from '../settings/setting.js'

/** Spring Boot's relaxed binding: `failure-rate-threshold`, `failureRateThreshold` and `failure_rate_threshold` are one. */
export function canonical(key: string): string {
  return key.replace(/[-_]/g, '').toLowerCase()
}

/** Drafts are settings under construction: later documents and other spellings still change them. */
interface Draft {
  readonly path: string
  readonly key: string
  readonly line: number
  value: Scalar | Map<string, Draft> | readonly SourceNode[]
}

/**
 * Reads Spring Boot properties from YAML: keys may be dotted (`resilience4j.retry:`) or in brackets (`[a.b]`), and
 * a later document overrides an earlier one. A document for one profile is not applied, and that is said.
 */
export function springSettings(source: ImportSource): Setting {
  const root: Draft = { path: '', key: '', line: 1, value: new Map() }
  for (const node of source.documents) {
    const own: Draft = { path: '', key: '', line: 1, value: new Map() }
    merge(source, own, node)
    const profile = profileOf(own)
    if (profile === undefined) merge(source, root, node)
    else declineProfile(source, own, profile)
  }
  return finish(source, root)
}

function merge(source: ImportSource, into: Draft, node: SourceNode): void {
  for (const [name, entry] of mergedEntries(node)) {
    const line = source.lineOf(entry.key.start)
    const keys = segments(name)
    let at = into
    for (const key of keys.slice(0, -1)) at = step(source, at, key, line, () => new Map())
    const last = keys.at(-1) ?? name
    const collection = entry.node.entries !== undefined && entry.node.entries.size > 0
    const value = collection ? new Map<string, Draft>() : (entry.node.items ?? (entry.node.value as Scalar))
    const draft = step(source, at, last, line, () => value)
    if (collection) merge(source, draft, entry.node)
  }
}

/** The draft below a key: the one that is there, if both are maps, and a new one otherwise. */
function step(
  source: ImportSource,
  at: Draft,
  key: string,
  line: number,
  value: () => Draft['value'],
): Draft {
  if (!(at.value instanceof Map)) at.value = new Map()
  const known = at.value.get(canonical(key))
  const made = value()
  if (known?.value instanceof Map && made instanceof Map) return known
  if (known !== undefined && known.line !== line) {
    source.ledger.add({
      path: known.path,
      line: known.line,
      reason: `overridden by line ${line}, as Spring Boot lets the later value win; nothing to do`,
    })
  }
  const path = at.path === '' ? key : `${at.path}.${key}`
  const draft: Draft = { path, key, line, value: isEmptyMap(made) ? new Map() : made }
  at.value.set(canonical(key), draft)
  return draft
}

function isEmptyMap(value: Draft['value']): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
}

function segments(name: string): string[] {
  const parts = [...name.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  return parts.length === 0 ? [name] : parts
}

function profileOf(document: Draft): string | undefined {
  const places = [
    ['spring', 'config', 'activate', 'onprofile'],
    ['spring', 'profiles'],
  ]
  for (const place of places) {
    let at: Draft | undefined = document
    for (const key of place) at = at?.value instanceof Map ? at.value.get(key) : undefined
    if (typeof at?.value === 'string') return at.value
  }
  return undefined
}

function declineProfile(source: ImportSource, document: Draft, profile: string): void {
  const reason = `holds under the profile ${profile} only: import that profile into a manifest of its own`
  if (!(document.value instanceof Map)) return
  for (const { path, line } of document.value.values()) source.ledger.add({ path, line, reason })
}

function finish(source: ImportSource, draft: Draft): Setting {
  const { path, key, line, value } = draft
  const { file, ledger, lineOf } = source
  const settings = ((): Setting['value'] => {
    if (value instanceof Map) return new Map([...value].map(([name, below]) => [name, finish(source, below)]))
    if (!Array.isArray(value)) return value as Scalar
    return (value as readonly SourceNode[]).map((item, index) => {
      const text =
        item.entries === undefined && item.items === undefined ? (item.value as Scalar) : '(nested)'
      const at = lineOf(item.start)
      return new Setting({
        path: `${path}[${index}]`,
        key: String(index),
        file,
        line: at,
        ledger,
        value: text,
      })
    })
  })()
  return new Setting({ path, key, file, line, ledger, value: settings })
}
