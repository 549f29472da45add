import { z } from 'zod'
import { keyMeanings } from './key-meanings.js'
import { manifestSchema } from './manifest-schema.js'

interface Node {
  $ref?: string
  description?: string
  readonly anyOf?: Node[]
  allOf?: Node[]
  readonly properties?: Record<string, Node>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly definitions?: Record<string, Node>
}

/**
 * The JSON Schema (draft-07) of `watertight.yaml`, for editors: each key with its meaning, unit and default.
 *
 * @example
 * console.log(JSON.stringify(manifestJsonSchema(), null, 2))
 */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, { target: 'draft-7', io: 'input', reused: 'ref' })
  describeKeys(schema as Node, '', schema as Node)
  return { title: 'watertight.yaml', ...schema }
}

function describeKeys(node: Node, place: string, root: Node): void {
  for (const [key, below] of Object.entries(node.properties ?? {})) {
    const path = place === '' ? key : `${place}.${key}`
    const meaning = keyMeanings[path]
    // Beside $ref, draft-07 reads nothing.
    if (meaning !== undefined && below.$ref !== undefined) {
      below.allOf = [{ $ref: below.$ref }]
      delete below.$ref
    }
    if (meaning !== undefined) below.description = meaning
    describeKeys(below, path, root)
  }
  for (const below of [...(node.anyOf ?? []), ...(node.allOf ?? [])]) describeKeys(below, place, root)
  if (typeof node.additionalProperties === 'object')
    describeKeys(node.additionalProperties, `${place}.*`, root)
  if (node.items !== undefined) describeKeys(node.items, `${place}[]`, root)
  const shared = node.$ref === undefined ? undefined : root.definitions?.[node.$ref.split('/').at(-1) ?? '']
  if (shared !== undefined) describeKeys(shared, place, root)
}
