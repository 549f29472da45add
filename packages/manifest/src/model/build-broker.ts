import type { ManifestDocument } from '../document/manifest-document.js'
import type { BrokerModel } from './data-model.js'

/** What carries events; `postgres` where the document does not say, with no path. */
export function buildBroker({ broker }: ManifestDocument): BrokerModel {
  if (broker === undefined) return { path: undefined, kind: 'postgres', url: undefined, env: undefined }
  const isName = broker === 'postgres' || broker === 'kafka'
  const { url, env } = typeof broker === 'string' ? { url: isName ? undefined : broker } : broker
  return { path: ['broker'], kind: broker === 'postgres' ? 'postgres' : 'kafka', url, env }
}
