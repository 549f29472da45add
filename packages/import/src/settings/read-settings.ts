import {
  type DocumentsReading,
  readYamlDocuments,
  type SourceEntry,
  type SourceNode,
} from '@watertight/manifest'
import { ImportError } from '../import-error.js'
import type { Ledger } from './ledger.js'
import { type Scalar, Setting } from './setting.js'

/** The documents of a text, and how to turn their nodes into settings. */
export interface ImportSource {
  readonly file: string
  readonly ledger: Ledger
  readonly documents: readonly SourceNode[]
  readonly lineOf: (offset: number) => number
}

/**
 * Reads YAML within the limits of a manifest: 2 MiB, 64 levels, a bounded number of values repeated by alias.
 *
 * @throws ImportError when the text is not YAML, is beyond a limit, or is empty
 */
export function readImport(text: string, file: string, ledger: Ledger): ImportSource {
  const reading: DocumentsReading = readYamlDocuments(text, file)
  const lineOf = (offset: number): number => reading.source.position(offset).line
  const [first] = reading.problems
  if (first !== undefined) {
    const start = first.range?.start
    const line = start === undefined || reading.source.text === '' ? undefined : lineOf(start)
    const reason = first.message.replace(/^cannot read [^:]+: /, '')
    throw new ImportError(`cannot import ${file}${line === undefined ? '' : `:${line}`}: ${reason}`, line)
  }
  if (reading.documents.length === 0) {
    throw new ImportError(`cannot import ${file}: a YAML document is allowed, got an empty file`)
  }
  return { file, ledger, documents: reading.documents, lineOf }
}

/** Documents of Kubernetes, those of a `List` (as `kubectl get -o yaml` writes it) one by one. */
export function listedDocuments(source: ImportSource): readonly SourceNode[] {
  return source.documents.flatMap((node) => {
    const items = node.entries?.get('items')?.node.items
    if (node.entries?.get('kind')?.node.value !== 'List' || items === undefined) return [node]
    // The metadata of a List is about the answer to one request.
    const envelope = ['apiVersion', 'kind', 'items', 'metadata']
    for (const entry of settingsOf(source, node, 'List').entries) {
      if (!envelope.includes(entry.key)) entry.decline('only the items of a List are imported')
    }
    return items
  })
}

/** A document, or a part of it, as settings with paths below `path`. */
export function settingsOf(source: ImportSource, node: SourceNode, path: string): Setting {
  return build(source, node, path, path, source.lineOf(node.start))
}

function build(source: ImportSource, node: SourceNode, path: string, key: string, line: number): Setting {
  const { file, ledger, lineOf } = source
  const value = ((): Setting['value'] => {
    if (node.items !== undefined) {
      return node.items.map((item, index) =>
        build(source, item, `${path}[${index}]`, String(index), lineOf(item.start)),
      )
    }
    if (node.entries === undefined) return node.value as Scalar
    return new Map(
      [...mergedEntries(node)].map(([name, entry]) => {
        const below = path === '' ? name : `${path}.${name}`
        return [name, build(source, entry.node, below, name, lineOf(entry.key.start))]
      }),
    )
  })()
  return new Setting({ path, key, file, line, ledger, value })
}

/** The entries of a map, with those that a merge key (`<<: *base`) brings in where the map itself is silent. */
export function mergedEntries(node: SourceNode): ReadonlyMap<string, SourceEntry> {
  const entries = node.entries ?? new Map<string, SourceEntry>()
  const merge = entries.get('<<')?.node
  if (merge === undefined) return entries
  const bases = merge.items ?? [merge]
  if (!bases.every((base) => base.entries !== undefined)) return entries
  const merged = new Map([...entries].filter(([name]) => name !== '<<'))
  for (const base of bases) {
    for (const [name, entry] of mergedEntries(base)) if (!merged.has(name)) merged.set(name, entry)
  }
  return merged
}
