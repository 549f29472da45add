import { readYamlDocuments, type SourceEntry, type SourceNode } from '@watertight/manifest/tooling'
import { ImportError } from '../import-error.js'
import type { Ledger } from './ledger.js'
import { type Scalar, Setting } from './setting.js'

/** One text of what is imported. */
export interface ImportText {
  /** Its name, for comments and messages. */
  readonly file: string
  readonly text: string
}

/** The documents of a text, and how to turn their nodes into settings. */
export interface ImportSource {
  readonly file: string
  /** The name in comments: without folders, unless two texts would have the same. */
  readonly shown: string
  readonly ledger: Ledger
  readonly documents: readonly SourceNode[]
  readonly lineOf: (offset: number) => number
}

const templateHint =
  'it looks like a template: render it first, such as by helm template CHART, and import what comes out'

/**
 * Reads YAML within the limits of a manifest: 2 MiB, 64 levels, a bounded number of values repeated by alias.
 *
 * @throws ImportError when the text is not YAML or is beyond a limit
 */
export function readYaml({ file, text }: ImportText, shown: string, ledger: Ledger): ImportSource {
  const reading = readYamlDocuments(text, file)
  const lineOf = (offset: number): number => reading.source.position(offset).line
  const [first] = reading.problems
  if (first !== undefined) {
    const start = first.range?.start
    const line = start === undefined || reading.source.text === '' ? undefined : lineOf(start)
    const reason = first.message.replace(/^cannot read [^:]+: /, '')
    throw new ImportError(`cannot import ${file}${line === undefined ? '' : `:${line}`}: ${reason}`, {
      file,
      line,
      hint: hintFor(text, reason),
    })
  }
  return { file, shown, ledger, documents: reading.documents, lineOf }
}

function hintFor(text: string, reason: string): string | undefined {
  if (reason.includes('reserved character @'))
    return 'it looks filtered by Maven: import target/classes/application.yml'
  return /\{\{[^}]*\}\}|\{%[^%]*%\}/.test(text) ? templateHint : undefined
}

/** The name of each text in comments: without folders, or without those that all of them share. */
export function shownNames(texts: readonly ImportText[]): string[] {
  const short = texts.map(({ file }) => file.replace(/^.*[\\/]/, ''))
  if (new Set(short).size === short.length) return short
  const [first = '', ...others] = texts.map(({ file }) => file)
  let shared = 0
  for (let index = 0; index < first.length; index += 1) {
    const letter = first[index]
    if (!others.every((file) => file[index] === letter)) break
    if (letter === '/' || letter === '\\') shared = index + 1
  }
  return texts.map(({ file }) => file.slice(shared))
}

/** For messages about all of the texts. */
export function namesOf(files: readonly { readonly file: string }[]): string {
  const names = files.map(({ file }) => file)
  return names.length <= 3 ? names.join(', ') : `${names[0]} and ${names.length - 1} more`
}

/** An object of Kubernetes, whatever its kind. */
export interface KubernetesObject {
  readonly document: Setting
  readonly kind: string
  readonly namespace: string
}

/** The objects of all texts, those of a `List` (as `kubectl get -o yaml` writes it) one by one. */
export function kubernetesObjects(sources: readonly ImportSource[]): KubernetesObject[] {
  let index = 0
  return sources.flatMap((source) =>
    listedDocuments(source).map((node) => {
      const given = node.entries?.get('kind')?.node.value
      const kind = typeof given === 'string' ? given : 'document'
      const metadata = node.entries?.get('metadata')?.node.entries
      const name = metadata?.get('name')?.node.value
      const namespace = metadata?.get('namespace')?.node.value
      const path = typeof name === 'string' ? `${kind}/${name}` : `${kind}[${index}]`
      index += 1
      const document = settingsOf(source, node, path)
      for (const key of ['apiVersion', 'kind']) document.at(key)?.use()
      for (const key of ['name', 'namespace']) document.at('metadata', key)?.use()
      return { document, kind, namespace: typeof namespace === 'string' ? namespace : '' }
    }),
  )
}

function listedDocuments(source: ImportSource): readonly SourceNode[] {
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

/**
 * A document, or a part of it, as settings with paths below `path`. `nameOf` gives a key the one spelling by which it is
 * looked for, where a format allows several.
 */
export function settingsOf(
  source: ImportSource,
  node: SourceNode,
  path: string,
  nameOf: (key: string) => string = (key) => key,
): Setting {
  const { file, shown, ledger, lineOf } = source
  const build = (at: SourceNode, own: string, key: string, line: number): Setting => {
    const value = ((): Setting['value'] => {
      if (at.items !== undefined) {
        return at.items.map((item, index) =>
          build(item, `${own}[${index}]`, String(index), lineOf(item.start)),
        )
      }
      if (at.entries === undefined) return at.value as Scalar
      return new Map(
        [...mergedEntries(at)].map(([name, entry]) => {
          const below = own === '' ? name : `${own}.${name}`
          return [nameOf(name), build(entry.node, below, name, lineOf(entry.key.start))]
        }),
      )
    })()
    return new Setting({ path: own, key, file, shown, line, ledger, value })
  }
  return build(node, path, path, lineOf(node.start))
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
