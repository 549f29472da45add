import { readFileSync } from 'node:fs'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { parseAllDocuments, stringify } from 'yaml'
import { type Conversion, convert } from '../src/convert.js'
import type { ImportFormat } from '../src/formats.js'
import type { ImportOptions } from '../src/writing/draft.js'

const files: Readonly<Record<ImportFormat, string>> = {
  resilience4j: 'application.yml',
  dapr: 'resiliency.yaml',
  istio: 'bookinfo.yaml',
  'gateway-api': 'http-routes.yaml',
  linkerd: 'linkerd.yaml',
  envoy: 'envoy.yaml',
}

type Tree = { [key: string]: unknown }

/** One text, imported. */
export function importText(
  format: ImportFormat,
  text: string,
  file = 'in.yaml',
  options: ImportOptions = {},
): Conversion {
  return convert(format, [{ file, text }], options)
}

/** A document in the manner of each system's own guide, as text and as data. */
export function exampleOf(format: ImportFormat): {
  text: string
  file: string
  documents: readonly Tree[]
  write: (documents: readonly Tree[]) => string
} {
  const file = files[format]
  const text = readFileSync(new URL(`files/${file}`, import.meta.url), 'utf8')
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Tree)
  return { text, file, documents, write: (trees) => trees.map((tree) => stringify(tree)).join('---\n') }
}

/** Every scalar with its path, and the documents without it. */
export function scalarsOf(documents: readonly Tree[]): { path: string; without: Tree[] }[] {
  return places(documents).flatMap(({ keys, path, value }) => {
    if (typeof value === 'object' && value !== null) return []
    return [{ path, without: changed(documents, keys.slice(0, -1), (parent) => remove(parent, keys.at(-1))) }]
  })
}

/** Every map with its path, and the documents with one key more in it. */
export function mapsOf(
  documents: readonly Tree[],
): { path: string; withKey: (key: string, value: unknown) => Tree[] }[] {
  return places(documents).flatMap(({ keys, path, value }) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
    const withKey = (key: string, given: unknown): Tree[] =>
      changed(documents, keys, (map) => {
        ;(map as Tree)[key] = given
      })
    return [{ path, withKey }]
  })
}

type Keys = readonly (string | number)[]

function places(documents: readonly Tree[]): { keys: Keys; path: string; value: unknown }[] {
  const visit = (
    value: unknown,
    keys: Keys,
    path: string,
  ): { keys: Keys; path: string; value: unknown }[] => {
    const own = { keys, path, value }
    if (Array.isArray(value)) {
      return [own, ...value.flatMap((item, index) => visit(item, [...keys, index], `${path}[${index}]`))]
    }
    if (typeof value !== 'object' || value === null) return [own]
    const below = Object.entries(value).flatMap(([key, child]) =>
      visit(child, [...keys, key], path === '' ? key : `${path}.${key}`),
    )
    return [own, ...below]
  }
  return documents.flatMap((document, index) => visit(document, [index], rootPath(document)))
}

/** The path that the importers give a document: none for Spring, kind and name for the others. */
function rootPath(document: Tree): string {
  if (typeof document['kind'] !== 'string') return ''
  const name = (document['metadata'] as Tree | undefined)?.['name']
  return `${document['kind']}/${String(name)}`
}

function changed(documents: readonly Tree[], keys: Keys, change: (at: unknown) => void): Tree[] {
  const copy = structuredClone(documents) as Tree[]
  let at: unknown = copy
  for (const key of keys) at = (at as Record<string | number, unknown>)[key]
  change(at)
  return copy
}

function remove(parent: unknown, key: string | number | undefined): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete (parent as Tree)[String(key)]
}

/** A manifest, as it is understood. */
export function modelOf({ manifest }: Conversion): SystemModel {
  const { system, problems } = readManifest(manifest, 'watertight.yaml')
  if (system === undefined || problems.length > 0) throw new Error(`not readable:\n${manifest}`)
  return system.model
}

/** What is said about a path, or a path that ends so. */
export function reasonsOf({ unsupported }: Conversion, path: string): string[] {
  return unsupported.filter((entry) => entry.path.endsWith(path)).map(({ reason }) => reason)
}
