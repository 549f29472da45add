import { nonLinearPart } from '@watertight/manifest/tooling'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { quoted } from '../writing/quoted.js'

/** Headers or parameters of a query that a route asks for: undefined when a manifest cannot say one of them. */
export function valueMatches(
  map: Setting | undefined,
  without: Setting | undefined,
  isName: (name: string) => boolean,
): Block | undefined {
  const block = new Block()
  for (const entry of map?.entries ?? []) {
    const value = valueMatch(entry)
    if (value === undefined || !isName(entry.key)) return undefined
    block.put(JSON.stringify(entry.key), value, entry.source)
  }
  for (const entry of without?.entries ?? []) {
    // Only that a header is missing can be said, and not that it is anything but something.
    const isThere = valueMatch(entry) === PRESENT
    if (!isThere || !isName(entry.key) || block.has(JSON.stringify(entry.key))) return undefined
    block.put(JSON.stringify(entry.key), '{ present: false }', entry.source)
  }
  return block
}

const PRESENT = '{ present: true }'

/** A StringMatch of Istio; none of its kinds means that the value is there. */
function valueMatch(entry: Setting): string | undefined {
  const [only, ...others] = entry.entries
  if (others.length > 0 || entry.items.length > 0) return undefined
  if (only === undefined) return entry.scalar === undefined || entry.scalar === null ? PRESENT : undefined
  const { text } = only
  if (only.scalar === undefined || text === '' || text.length > 500) return undefined
  if (only.key === 'exact') return JSON.stringify(text)
  if (only.key === 'prefix') return `{ prefix: ${quoted(text)} }`
  return only.key === 'regex' && nonLinearPart(text) === undefined
    ? `{ regex: ${JSON.stringify(text)} }`
    : undefined
}

/** A path as the manifest matches it: undefined where it is none. */
export function pathMatch(uri: Setting | undefined): string | undefined {
  if (uri === undefined) return '/'
  const { text, key } = uri
  if (key === 'regex')
    return nonLinearPart(text) === undefined ? `{ regex: ${JSON.stringify(text)} }` : undefined
  if (!/^\/\S{0,500}$/.test(text)) return undefined
  if (text === '/' && key === 'prefix') return '/'
  return `{ ${key}: ${quoted(text)} }`
}
