import type { HashKey, PolicyModel } from '@watertight/manifest'
import type { Json } from '../json.js'

/** What keeps requests together: on a ring their path and query, as long as the document does not say. */
export function hashPolicy({ balance, hashOn }: PolicyModel): Json {
  if (hashOn !== undefined) return { hash_policy: [hashBy(hashOn)] }
  return balance === 'ring-hash' ? { hash_policy: [BY_PATH] } : {}
}

const BY_PATH: Json = { header: { header_name: ':path' } }

function hashBy(key: HashKey): Json {
  if (key === 'ip') return { connection_properties: { source_ip: true } }
  if ('header' in key) return { header: { header_name: key.header } }
  if ('cookie' in key) return { cookie: { name: key.cookie } }
  return { query_parameter: { name: key.query } }
}
