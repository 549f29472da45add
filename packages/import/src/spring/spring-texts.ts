import { ImportError } from '../import-error.js'
import type { Ledger } from '../settings/ledger.js'
import {
  type ImportSource,
  type ImportText,
  namesOf,
  readYaml,
  shownNames,
} from '../settings/import-source.js'
import type { ImportOptions } from '../writing/draft.js'
import { type Property, readProperties } from './properties.js'

/** One text of an application, in either form. */
export interface SpringText {
  readonly source: ImportSource
  /** Of a `.properties` text, the documents in their order. */
  readonly properties: readonly (readonly Property[])[] | undefined
  /** The profile that the name of the text says: `application-prod.yml`. */
  readonly profile: string | undefined
}

/** The texts of one Spring application, in the order in which they override each other. */
export interface SpringApplication {
  readonly texts: readonly SpringText[]
  /** By folder or file, where there are several applications. */
  readonly name: string | undefined
}

/**
 * Sorts texts by application: `application.yml`, `bootstrap.yml` and their profiles in one folder are one, any other
 * file is one of its own, as in the folder of a config server.
 */
export function springTexts(
  texts: readonly ImportText[],
  ledger: Ledger,
  { profiles = [] }: ImportOptions,
): SpringApplication[] {
  const shown = shownNames(texts)
  const groups = new Map<string, SpringText[]>()
  for (const [index, text] of texts.entries()) {
    const [, folder = '', name = ''] = /^(.*?)([^\\/]*)$/.exec(text.file) ?? []
    const [, part, profile] = /^(application|bootstrap)(?:-(.+))?\.(?:ya?ml|properties)$/.exec(name) ?? []
    const key = part === undefined ? text.file : folder
    groups.set(key, [...(groups.get(key) ?? []), readText(text, shown[index] ?? text.file, ledger, profile)])
  }
  if (
    ![...groups.values()].flat().some(({ source, properties }) => (properties ?? source.documents).length > 0)
  )
    throw new ImportError(`cannot import ${namesOf(texts)}: a document must stand there, got an empty file`)
  return [...groups].map(([key, members]) => {
    // A profile that is alone is what is meant.
    const isApplied = ({ profile }: SpringText): boolean =>
      profile === undefined || profiles.includes(profile) || members.every((one) => one.profile !== undefined)
    const rank = (text: SpringText): number => (text.profile === undefined ? 0 : 1)
    const ordered = members
      .toSorted((a, b) => rank(a) - rank(b))
      .map((text) => (isApplied(text) ? { ...text, profile: undefined } : text))
    return { texts: ordered, name: groups.size === 1 ? undefined : applicationName(key) }
  })
}

function readText(
  { file, text }: ImportText,
  shown: string,
  ledger: Ledger,
  profile: string | undefined,
): SpringText {
  if (!isProperties(file, text)) {
    return {
      source: readYaml({ file, text: quoteMaven(text) }, shown, ledger),
      properties: undefined,
      profile,
    }
  }
  const source = { file, shown, ledger, documents: [], lineOf: () => 1 }
  return { source, properties: readProperties(text), profile }
}

/** By the name, and where that says nothing by the first line that is no comment. */
function isProperties(file: string, text: string): boolean {
  if (/\.ya?ml$/.test(file)) return false
  const lines = text.slice(0, 10_000).split('\n')
  const first = lines.find((line) => !/^\s*([#!]|$)/.test(line)) ?? ''
  return file.endsWith('.properties') || /^\s*[\w.[\]-]+\s*=/.test(first)
}

/** `@project.version@` is filled in by Maven and no YAML before that: as a text it can be read. */
function quoteMaven(text: string): string {
  return text.replace(/^([ \t]{0,200}(?:- {1,9})?(?:[\w.-]{1,200} ?: {1,9}))(@[\w.-]+@[^\s#]*)/gm, '$1"$2"')
}

/** `order-service` for `order-service/src/main/resources/` and for `config/order-service.yml`. */
function applicationName(key: string): string | undefined {
  const parts = key
    .split(/[\\/]/)
    .filter((part) => !['', '.', '..', 'src', 'main', 'test', 'resources', 'config'].includes(part))
  return parts.at(-1)?.replace(/\.(ya?ml|properties)$/, '')
}
