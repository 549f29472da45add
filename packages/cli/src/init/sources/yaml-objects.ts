import { isMap, isNode, isScalar, parseAllDocuments, Scalar, visit, YAMLMap } from 'yaml'
import type { Fields } from './fields.js'

/** Marks of Compose's `!reset` and `!override`, which only merging understands. */
export const RESET = '\u0000reset'
export const OVERRIDE = '\u0000override'

/** The package looks for keys that stand twice in a time that grows with their square: it is done here instead. */
const OPTIONS = { prettyErrors: true, merge: true, logLevel: 'error', uniqueKeys: false } as const
const VALUES_MAX = 2_000_000
const MERGED_MAX = 100_000_000

/** The text is no YAML, or a template, or stands for too much. */
export class NotYamlError extends Error {
  readonly isTemplate: boolean

  constructor(message: string, isTemplate: boolean) {
    super(message)
    this.isTemplate = isTemplate
  }
}

/**
 * The maps that a text of YAML holds, one a document. Values that are repeated by alias are shared, not copied; how many
 * there would be without aliases is counted first, in time linear in the text.
 *
 * @throws NotYamlError
 */
export function parseYamlObjects(text: string): Fields[] {
  const isTemplate = /\{\{[^]*?\}\}/.test(text)
  try {
    const documents = [...parseAllDocuments(text, OPTIONS)]
    return documents.flatMap((document) => {
      const [error] = document.errors
      if (error !== undefined) throw error
      if (!isMap(document.contents)) return []
      let [pairs, merges] = [0, 0]
      visit(document, {
        Map: (_key, { items }) => refuseDoubles(items),
        Pair: (_key, pair) => {
          pairs += 1
          if (isScalar(pair.key) && pair.key.source === '<<') merges += 1
          if (isNode(pair.key) && !isScalar(pair.key))
            throw new Error('a name must stand before the colon, got a map or a list')
          if (!isNode(pair.value)) return
          const { value } = pair
          if (value.tag === '!reset') pair.value = new Scalar(RESET)
          else if (value.tag === '!override') {
            delete value.tag
            const mark = new YAMLMap()
            mark.add(document.createPair(OVERRIDE, value))
            pair.value = mark
          }
        },
      })
      // Each merge key copies at most every key that there is.
      if (pairs * merges > MERGED_MAX)
        throw new Error(`${merges} merge keys over ${pairs} keys are too many to read`)
      const object = document.toJS({ maxAliasCount: -1 }) as Fields
      refuseBomb(object)
      return [object]
    })
  } catch (error) {
    // Nesting too deep for the stack is a RangeError.
    throw new NotYamlError((error as Error).message.trimEnd(), isTemplate)
  }
}

function refuseDoubles(items: readonly { readonly key: unknown }[]): void {
  const known = new Set<string>()
  for (const { key } of items) {
    const name = isScalar(key) ? String(key.source ?? key.value) : ''
    if (isScalar(key) && known.has(name)) throw new Error(`the key ${name} stands twice in one map`)
    known.add(name)
  }
}

/** Counts what a document would be without aliases: each shared value once, times where it stands. */
function refuseBomb(object: unknown): void {
  const sizes = new Map<object, number>()
  const size = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 1
    const known = sizes.get(value)
    if (known !== undefined) return known
    // What holds itself has no size.
    sizes.set(value, Infinity)
    let sum = 1
    for (const child of Object.values(value)) sum += size(child)
    sizes.set(value, sum)
    return sum
  }
  const values = size(object)
  if (values <= VALUES_MAX) return
  throw new Error(
    `aliases may stand for at most ${VALUES_MAX} values, and here for ${Number.isFinite(values) ? values : 'values without an end'}: \`docker compose config\` writes them out`,
  )
}
