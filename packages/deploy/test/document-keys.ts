import { manifestJsonSchema } from '@watertight/manifest/tooling'

interface Node {
  readonly $ref?: string
  readonly anyOf?: readonly Node[]
  readonly allOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly definitions?: Readonly<Record<string, Node>>
}

/** Every key of the document that has no keys below it, by its place: `*` for a name, `[]` for an item of a list. */
export function documentKeys(): readonly string[] {
  const root = manifestJsonSchema() as Node
  const found = new Set<string>()
  walk(root, '', { root, found, above: [] })
  return [...found]
}

interface Walk {
  readonly root: Node
  readonly found: Set<string>
  readonly above: readonly Node[]
}

/** Answers whether there are keys below. */
function walk(node: Node, place: string, { root, found, above }: Walk): boolean {
  if (above.includes(node)) return false
  const next = { root, found, above: [...above, node] }
  const shared = node.$ref === undefined ? undefined : root.definitions?.[node.$ref.split('/').at(-1) ?? '']
  let deeper = shared === undefined ? false : walk(shared, place, next)
  for (const form of [...(node.anyOf ?? []), ...(node.allOf ?? []), ...(node.oneOf ?? [])])
    deeper = walk(form, place, next) || deeper
  const named = typeof node.additionalProperties === 'object' ? { '*': node.additionalProperties } : {}
  for (const [key, below] of Object.entries({ ...node.properties, ...named })) {
    deeper = true
    const path = place === '' ? key : `${place}.${key}`
    if (!walk(below, path, next)) found.add(path)
  }
  if (node.items !== undefined && walk(node.items, `${place}[]`, next)) deeper = true
  return deeper
}
