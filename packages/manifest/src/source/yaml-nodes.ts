import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml'
import type { DocumentPath, SourceEntry, SourceNode, SourceRange } from './manifest-source.js'
import { formatPath } from './manifest-source.js'
import type { Problem } from './problem.js'
import { SOURCE_LIMITS } from './source-limits.js'

/** Turns the library's nodes into plain values that know where they stand, and finds what YAML lets pass. */
export class YamlNodeReader {
  readonly problems: Problem[] = []
  readonly #anchors = new Map<string, { node: SourceNode; weight: number } | 'open'>()
  #nodes = 0
  #aliased = 0

  /** Reads one document. What aliases may repeat is counted over all documents that one reader reads. */
  read(document: Document): SourceNode {
    this.#anchors.clear()
    return this.#node(document.contents, [], 0)
  }

  #node(node: Node | null | undefined, path: DocumentPath, fallback: number): SourceNode {
    const range = rangeOf(node, fallback)
    if (isAlias(node)) return this.#alias(node.source, range, path)
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined
    if (anchor !== undefined) this.#anchors.set(anchor, 'open')
    const before = this.#nodes++
    const read = isMap(node)
      ? this.#map(node, range, path)
      : isSeq(node)
        ? this.#list(node, range, path)
        : { ...range, value: isScalar(node) ? scalarValue(node.value) : null }
    if (anchor !== undefined) this.#anchors.set(anchor, { node: read, weight: this.#nodes - before })
    return read
  }

  #map(map: YAMLMap, range: SourceRange, path: DocumentPath): SourceNode {
    const entries = new Map<string, SourceEntry>()
    const value: Record<string, unknown> = {}
    for (const pair of map.items) {
      const keyNode = pair.key as Node | null
      const key = rangeOf(keyNode, range.start)
      if (!isScalar(keyNode) || keyNode.value === null) {
        this.#report('WT-DOC-VALUE', path, key, 'a key must be plain, got a collection, an alias or nothing')
        continue
      }
      const name = scalarText(keyNode.value as ScalarValue)
      const childPath = [...path, name]
      if (entries.has(name)) {
        this.#report(
          'WT-DOC-DUPLICATE-KEY',
          childPath,
          key,
          'a key may stand once in a map, and this one is repeated',
        )
        continue
      }
      // What stands below it would become the object's prototype, or be passed over by the schema.
      if (name === '__proto__') {
        this.#report('WT-DOC-VALUE', childPath, key, 'a key must have another name', 'rename the key')
        continue
      }
      const node = this.#node(pair.value as Node | null, childPath, key.end)
      entries.set(name, { key, node })
      value[name] = node.value
    }
    return { ...collectionRange(map, range, [...entries.values()].at(-1)?.node), value, entries }
  }

  #list(list: YAMLSeq, range: SourceRange, path: DocumentPath): SourceNode {
    const items = list.items.map((item, index) =>
      this.#node(item as Node | null, [...path, index], range.start),
    )
    return { ...collectionRange(list, range, items.at(-1)), value: items.map((item) => item.value), items }
  }

  #alias(name: string, range: SourceRange, path: DocumentPath): SourceNode {
    const target = this.#anchors.get(name)
    const empty: SourceNode = { ...range, value: null }
    if (target === undefined || target === 'open') {
      const reason = target === 'open' ? 'it contains itself' : 'no anchor before it has that name'
      this.#report(
        'WT-DOC-ALIAS',
        path,
        range,
        `an alias stands for an earlier value, and for *${name} ${reason}`,
      )
      return empty
    }
    this.#nodes += target.weight
    this.#aliased += target.weight
    if (this.#aliased > SOURCE_LIMITS.aliasedNodesMax) {
      const limit = `aliases may repeat at most ${SOURCE_LIMITS.aliasedNodesMax} values in all`
      if (!this.problems.some(({ message }) => message.endsWith(limit))) {
        this.#report('WT-DOC-ALIAS', path, range, limit)
      }
      return empty
    }
    return { ...target.node, ...range }
  }

  #report(
    code: keyof typeof HINTS,
    path: DocumentPath,
    range: SourceRange,
    allowed: string,
    hint: string = HINTS[code],
  ): void {
    if (this.problems.length >= SOURCE_LIMITS.problemsMax) return
    this.problems.push({ code, path, range, message: `cannot read ${formatPath(path)}: ${allowed}`, hint })
  }
}

const HINTS = {
  'WT-DOC-VALUE': 'write a name before the colon',
  'WT-DOC-DUPLICATE-KEY': 'keep one of the two, or merge them',
  'WT-DOC-ALIAS': 'name a policy and refer to it instead of repeating values by alias',
}

function rangeOf(node: Node | null | undefined, fallback: number): SourceRange {
  const range = node?.range
  return range ? { start: range[0], end: range[1] } : { start: fallback, end: fallback }
}

// The library lets a block collection end where the next thing begins; here it ends with its last value.
function collectionRange(
  node: YAMLMap | YAMLSeq,
  range: SourceRange,
  last: SourceNode | undefined,
): SourceRange {
  return node.flow === true || last === undefined ? range : { start: range.start, end: last.end }
}

/** What the library makes of a scalar that is not null. */
type ScalarValue = string | number | boolean | bigint | Date | Uint8Array

// Dates, big integers and binary have no place in a manifest; as text they get the ordinary message.
function scalarValue(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  return scalarText(value as ScalarValue)
}

function scalarText(value: ScalarValue): string {
  return String(value)
}
