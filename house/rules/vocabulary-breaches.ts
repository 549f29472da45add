import type { SourceModule } from '../source-module.js'
import type { SourceFile } from '../sources.js'
import { isTest } from '../layers.js'
import { isNode, valueOf, walk, type SyntaxNode } from '../syntax.js'

const schemaPath = 'packages/manifest/manifest.schema.json'

/**
 * The words that a document may hold (retry conditions, balance, jitter, modes) are listed in one file; whoever needs
 * them imports that list or its type. A vocabulary is an `enum` of the manifest's JSON Schema; a copy is an array, a
 * union of literal types, or the arguments of one call, as in `oneOf('full', 'none')`, that holds all of its words.
 */
export function vocabularyBreaches(files: readonly SourceFile[], modules: readonly SourceModule[]): string[] {
  const schema = files.find(({ path }) => path === schemaPath)
  if (schema === undefined) return []
  const lists = modules
    .filter(({ path }) => /^(packages|examples)\/[^/]+\/src\//.test(path) && !isTest(path))
    .flatMap(({ path, program }) => literalLists(program).map((words) => ({ path, words })))
  return vocabularies(JSON.parse(schema.text)).flatMap((vocabulary) => {
    const told = lists.filter(({ words }) => vocabulary.every((word) => words.has(word)))
    const paths = [...new Set(told.map(({ path }) => path))]
    if (paths.length < 2) return []
    return [`${paths.join(' and ')} each list ${vocabulary.join(', ')}: list them in one and import them`]
  })
}

/** Each set of two words or more that the schema lets a value be, once. */
function vocabularies(schema: unknown): string[][] {
  const found = new Map<string, string[]>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const words = (value as { enum?: unknown }).enum
    if (Array.isArray(words)) {
      const texts = words.filter((word) => typeof word === 'string')
      // Words in capitals are those of HTTP, which no document made.
      if (texts.length > 1 && !texts.every((word) => word === word.toUpperCase()))
        found.set(texts.toSorted().join(' '), texts)
    }
    Object.values(value).forEach(visit)
  }
  visit(schema)
  return [...found.values()]
}

/** The nodes that can list words, and the field that holds them. */
const listed: Readonly<Record<string, string>> = {
  ArrayExpression: 'elements',
  TSUnionType: 'types',
  CallExpression: 'arguments',
}

function literalLists(program: SyntaxNode): Set<string>[] {
  const found: Set<string>[] = []
  walk(program, (node) => {
    const members = node[listed[node.type] ?? '']
    if (!Array.isArray(members)) return
    const words = members
      .filter(isNode)
      .flatMap((member) => valueOf(member) ?? valueOf(member['literal']) ?? [])
    if (words.length > 1) found.push(new Set(words))
  })
  return found
}
