import type { SourceNode } from '@watertight/manifest/tooling'
import { type ImportSource, mergedEntries } from '../settings/import-source.js'
import { type Scalar, Setting } from '../settings/setting.js'
import { fillPlaceholders } from './placeholders.js'
import type { Property } from './properties.js'
import type { SpringText } from './spring-texts.js'

/** Spring Boot's relaxed binding: `failure-rate-threshold`, `failureRateThreshold` and `failure_rate_threshold` are one. */
export function canonical(key: string): string {
  return key.replace(/[-_]/g, '').toLowerCase()
}

/** Drafts are settings under construction: later documents and other spellings still change them. */
interface Draft {
  readonly path: string
  readonly key: string
  readonly line: number
  readonly source: ImportSource
  value: Scalar | Map<string, Draft> | readonly Draft[]
}

/**
 * Reads the properties of one Spring Boot application: keys may be dotted (`resilience4j.retry:`) or in brackets
 * (`[a.b]`), and a later document overrides an earlier one. A document for one profile is applied only when that
 * profile is asked for, and otherwise that is said.
 */
export function springSettings(texts: readonly SpringText[], profiles: readonly string[]): Setting {
  const [first] = texts
  if (first === undefined) throw new TypeError('an application has at least one text')
  const root = emptyDraft(first.source)
  for (const text of texts) {
    for (const document of documentsOf(text)) {
      const own = emptyDraft(text.source)
      document(own)
      const profile = text.profile ?? profileOf(own)
      if (profile === undefined || applies(profile, profiles)) document(root)
      else declineProfile(own, profile)
    }
  }
  return finish(root, (name) => propertyOf(root, name))
}

function emptyDraft(source: ImportSource): Draft {
  return { path: '', key: '', line: 1, source, value: new Map() }
}

function documentsOf({ source, properties }: SpringText): ((into: Draft) => void)[] {
  if (properties !== undefined)
    return properties.map((lines) => (into) => {
      for (const line of lines) mergeProperty(source, into, line)
    })
  return source.documents.map((node) => (into) => mergeMap(source, into, node))
}

function mergeProperty(source: ImportSource, into: Draft, { name, value, line }: Property): void {
  place(source, into, segments(name), line, () => value)
}

function mergeMap(source: ImportSource, into: Draft, node: SourceNode): void {
  for (const [name, entry] of mergedEntries(node)) {
    const line = source.lineOf(entry.key.start)
    const isMap = entry.node.entries !== undefined && entry.node.entries.size > 0
    const draft = place(source, into, segments(name), line, (path) =>
      isMap ? new Map<string, Draft>() : valueOf(source, entry.node, path),
    )
    if (isMap) mergeMap(source, draft, entry.node)
  }
}

function valueOf(source: ImportSource, node: SourceNode, path: string): Draft['value'] {
  if (node.items !== undefined) return node.items.map((item, index) => itemOf(source, item, path, index))
  return node.entries === undefined ? (node.value as Scalar) : new Map()
}

function itemOf(source: ImportSource, node: SourceNode, path: string, index: number): Draft {
  const at = `${path}[${index}]`
  const draft: Draft = {
    path: at,
    key: String(index),
    line: source.lineOf(node.start),
    source,
    value: valueOf(source, node, at),
  }
  if (node.entries !== undefined) mergeMap(source, draft, node)
  return draft
}

/** Puts a value below a path of keys, beside what is there already. */
function place(
  source: ImportSource,
  into: Draft,
  keys: readonly string[],
  line: number,
  value: (path: string) => Draft['value'],
): Draft {
  let at = into
  for (const key of keys.slice(0, -1)) at = step(source, at, key, line, () => new Map())
  return step(source, at, keys.at(-1) ?? '', line, value)
}

/** The draft below a key: the one that is there, if both are maps, and a new one otherwise. */
function step(
  source: ImportSource,
  at: Draft,
  key: string,
  line: number,
  value: (path: string) => Draft['value'],
): Draft {
  if (!(at.value instanceof Map)) at.value = new Map()
  const known = at.value.get(canonical(key))
  const path = at.path === '' ? key : `${at.path}.${key}`
  const made = value(path)
  if (known?.value instanceof Map && made instanceof Map) return known
  if (known !== undefined && (known.line !== line || known.source !== source)) {
    const where = known.source === source ? `line ${line}` : `${source.shown}:${line}`
    known.source.ledger.add({
      file: known.source.file,
      path: known.path,
      line: known.line,
      reason: `overridden by ${where}, as Spring Boot lets the later value win; nothing to do`,
    })
  }
  const draft: Draft = { path, key, line, source, value: made }
  at.value.set(canonical(key), draft)
  return draft
}

function segments(name: string): string[] {
  const parts = [...name.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )
  return parts.length === 0 ? [name] : parts
}

function draftAt(root: Draft, keys: readonly string[]): Draft | undefined {
  let at: Draft | undefined = root
  for (const key of keys) at = at?.value instanceof Map ? at.value.get(canonical(key)) : undefined
  return at
}

function propertyOf(root: Draft, name: string): string | undefined {
  const value = draftAt(root, segments(name))?.value
  return typeof value === 'object' || value === undefined ? undefined : String(value)
}

function profileOf(document: Draft): string | undefined {
  const places = [
    ['spring', 'config', 'activate', 'on-profile'],
    ['spring', 'profiles'],
  ]
  const values = places.map((keys) => draftAt(document, keys)?.value)
  return values.find((value): value is string => typeof value === 'string')
}

/** `prod | staging` and `!prod` are expressions; only names are understood, and any of them will do. */
function applies(profile: string, profiles: readonly string[]): boolean {
  return profile.split(/[\s,|]+/).some((name) => profiles.includes(name))
}

function declineProfile(document: Draft, profile: string): void {
  const reason = `holds under the profile ${profile} only: add --profile ${profile}, or import that profile into a manifest of its own`
  if (!(document.value instanceof Map)) return
  for (const { path, line, source } of document.value.values())
    source.ledger.add({ file: source.file, path, line, reason })
}

function finish(draft: Draft, property: (name: string) => string | undefined): Setting {
  const { path, key, line, source } = draft
  const { file, shown, ledger } = source
  const base = { path, key, file, shown, line, ledger }
  const { value } = draft
  if (value instanceof Map) {
    const keys = [...value.keys()]
    const isList = keys.length > 0 && keys.every((name) => /^\d{1,6}$/.test(name))
    const below = [...value].map(([name, child]) => [name, finish(child, property)] as const)
    return new Setting({ ...base, value: isList ? below.map(([, child]) => child) : new Map(below) })
  }
  if (Array.isArray(value)) {
    return new Setting({
      ...base,
      value: (value as readonly Draft[]).map((item) => finish(item, property)),
    })
  }
  const scalar = value as Scalar
  const filled =
    typeof scalar === 'string' && scalar.includes('${') ? fillPlaceholders(scalar, property) : undefined
  if (filled === undefined) return new Setting({ ...base, value: scalar })
  return new Setting({ ...base, value: filled.text, origin: filled.origin })
}
