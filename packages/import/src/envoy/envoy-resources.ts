import { ImportError } from '../import-error.js'
import { type ImportSource, namesOf, settingsOf } from '../settings/import-source.js'
import type { Setting } from '../settings/setting.js'

/** The parts of all files, whether they stand in a bootstrap or in files of discovery. */
export interface EnvoyResources {
  readonly documents: readonly Setting[]
  readonly listeners: readonly Setting[]
  readonly routeConfigurations: readonly Setting[]
  readonly clusters: readonly Setting[]
}

/**
 * Envoy takes `connect_timeout` and `connectTimeout` for the same key: the JSON form of protocol buffers. The second is
 * the one that is looked for.
 */
function camelCase(key: string): string {
  return key.startsWith('@') ? key : key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * Reads bootstraps (`static_resources`), and the files from which Envoy discovers listeners, routes and clusters
 * (`resources`, each with its `@type`).
 *
 * @throws ImportError when there is none of them
 */
export function envoyResources(sources: readonly ImportSource[]): EnvoyResources {
  const documents = sources.flatMap((source) =>
    source.documents.map((node) => settingsOf(source, node, '', camelCase)),
  )
  const discovered = documents.flatMap((document) => {
    const items = document.at('resources')?.items ?? []
    return document.at('@type') === undefined ? items : [document]
  })
  const ofType = (type: string): Setting[] => discovered.filter((resource) => isA(resource, type))
  const fixed = (key: string): Setting[] =>
    documents.flatMap((document) => document.at('staticResources', key)?.items ?? [])
  const resources = {
    documents,
    listeners: [...fixed('listeners'), ...ofType('Listener')],
    routeConfigurations: ofType('RouteConfiguration'),
    clusters: [...fixed('clusters'), ...ofType('Cluster')],
  }
  const { listeners, routeConfigurations, clusters } = resources
  if (listeners.length + routeConfigurations.length + clusters.length > 0) return resources
  const isDump = documents.some((document) => document.at('configs') !== undefined)
  throw new ImportError(
    `cannot import ${namesOf(sources)}: a listener or a cluster of Envoy is needed, and there is none`,
    isDump
      ? { hint: 'it looks like a /config_dump: import the file that Envoy was started with (envoy -c)' }
      : {},
  )
}

/** Whether a message is of a type, whatever the version in its name. */
export function isA(message: Setting | undefined, type: string): boolean {
  return message?.at('@type')?.text.endsWith(`.${type}`) === true
}
