import type { SourceEntry, SourceNode } from './manifest-source.js'
import { plainScalar } from './plain-scalar.js'
import { SOURCE_LIMITS } from './source-limits.js'

/**
 * Reads the part of YAML that manifests are written in: block maps, lists of such maps and of one-line items, flow
 * collections without comments in them, plain and simple quoted scalars, comments. Anything else gives `undefined`, and the YAML library
 * reads the document instead; so this reader never decides that a text is wrong. It exists for speed: one pass,
 * about ten times as fast as the library. A property test holds the two together, positions included.
 */
export function readPlainYaml(text: string): SourceNode | undefined {
  if (/[^\n\x20-\x7e]/.test(text)) return undefined
  const reader = new PlainYamlReader(text)
  const root = reader.block(0)
  return reader.finished ? root : undefined
}

/** A word, a method and a path, or something in quotes. */
const KEY =
  /(?:([A-Za-z][\w-]{0,99}(?: \/(?:[\w/.*-]|:(?=\w)){0,99})?)|"([A-Za-z][^"\\\n]{0,98})"):(?= |\n|$)/y
const QUOTED = /"([^"\\\n]*)"|'([^'\n]*)'/y
const BLOCK_PLAIN = /[A-Za-z0-9./$](?:[^\n:#]|:(?=[^ \n]))*/y
const FLOW_PLAIN = /[A-Za-z0-9./][^\n:#,[\]{}]*/y
const REST_OF_LINE = / *(?: #[^\n]*)?(?=\n|$)/y
const SPACES = / */y
const BLANKS = /[ \n]*/y

class PlainYamlReader {
  readonly #text: string
  readonly #starts: number[] = []
  readonly #indents: number[] = []
  #line = 0
  #at = 0

  constructor(text: string) {
    this.#text = text
    for (let start = 0; start < text.length;) {
      const newline = text.indexOf('\n', start)
      const end = newline === -1 ? text.length : newline
      let content = start
      while (content < end && text[content] === ' ') content++
      if (content < end && text[content] !== '#') {
        this.#starts.push(content)
        this.#indents.push(content - start)
      }
      start = end + 1
    }
  }

  get finished(): boolean {
    return this.#line === this.#starts.length
  }

  block(depth: number): SourceNode | undefined {
    const start = this.#starts[this.#line]
    if (start === undefined || depth > SOURCE_LIMITS.depthMax / 2) return undefined
    return this.#text[start] === '-' ? this.#list(depth) : this.#map(depth)
  }

  #map(depth: number): SourceNode | undefined {
    const indent = this.#indents[this.#line] ?? 0
    const start = this.#starts[this.#line] ?? 0
    const map = new MapBuilder()
    while (this.#indents[this.#line] === indent) {
      this.#at = this.#starts[this.#line] ?? 0
      if (!this.#entry(map, (): SourceNode | undefined => this.#blockValue(indent, depth))) return undefined
    }
    if ((this.#indents[this.#line] ?? -1) > indent) return undefined
    return map.node(start, map.end)
  }

  #entry(map: MapBuilder, readValue: () => SourceNode | undefined): boolean {
    const start = this.#at
    const match = this.#match(KEY)
    const name = match?.[1] ?? match?.[2]
    if (
      name === undefined ||
      map.has(name) ||
      (match?.[1] !== undefined && typeof plainScalar(name) !== 'string')
    )
      return false
    const key = { start, end: this.#at - 1 }
    const node = readValue()
    if (node !== undefined) map.add(name, { key, node })
    return node !== undefined
  }

  #blockValue(indent: number, depth: number): SourceNode | undefined {
    if (this.#match(REST_OF_LINE) === undefined) return this.#lineValue(indent)
    this.#line++
    const next = this.#indents[this.#line] ?? -1
    const start = this.#starts[this.#line] ?? 0
    const first = this.#text[start]
    if (next > indent && (first === '{' || first === '[')) {
      this.#at = start
      return this.#lineValue(indent)
    }
    return next > indent || (next === indent && first === '-') ? this.block(depth + 1) : undefined
  }

  // A deeper line after a value would continue it, which is the library's business.
  #lineValue(indent: number): SourceNode | undefined {
    this.#match(SPACES)
    const node = this.#inline(BLOCK_PLAIN, 0)
    if (node === undefined || this.#match(REST_OF_LINE) === undefined) return undefined
    this.#line++
    // Those that a collection goes on in.
    for (; (this.#starts[this.#line] ?? Infinity) < node.end; this.#line++)
      if ((this.#indents[this.#line] ?? 0) <= indent) return undefined
    return (this.#indents[this.#line] ?? -1) > indent ? undefined : node
  }

  #list(depth: number): SourceNode | undefined {
    const indent = this.#indents[this.#line] ?? 0
    const start = this.#starts[this.#line] ?? 0
    const items: SourceNode[] = []
    while (this.#indents[this.#line] === indent && this.#text[this.#starts[this.#line] ?? 0] === '-') {
      this.#at = (this.#starts[this.#line] ?? 0) + 1
      if (this.#text[this.#at] !== ' ') return undefined
      const item = this.#beginsMap(indent) ? this.block(depth + 1) : this.#lineValue(indent)
      if (item === undefined) return undefined
      items.push(item)
    }
    if ((this.#indents[this.#line] ?? -1) > indent) return undefined
    return { start, end: items.at(-1)?.end ?? start, items, value: items.map(({ value }) => value) }
  }

  /** Whether a key stands behind the dash: it is the first of a map, and the line is then taken for one that begins with it. */
  #beginsMap(indent: number): boolean {
    const dash = this.#at - 1
    this.#match(SPACES)
    const first = this.#at
    if (this.#match(KEY) === undefined) return false
    this.#starts[this.#line] = first
    this.#indents[this.#line] = indent + first - dash
    return true
  }

  #inline(plain: RegExp, depth: number): SourceNode | undefined {
    const start = this.#at
    const first = this.#text[start]
    if (first === '{') return this.#flowMap(depth)
    if (first === '[') return this.#flowList(depth)
    if (first === '"' || first === "'") {
      const quoted = this.#match(QUOTED)
      return quoted === undefined ? undefined : { start, end: this.#at, value: quoted[1] ?? quoted[2] }
    }
    const text = this.#match(plain)?.[0].trimEnd()
    if (text === undefined) return undefined
    this.#at = start + text.length
    const value = plainScalar(text)
    return value === undefined ? undefined : { start, end: this.#at, value }
  }

  #flowMap(depth: number): SourceNode | undefined {
    const map = new MapBuilder()
    const value = (): SourceNode | undefined => {
      this.#match(BLANKS)
      return this.#inline(FLOW_PLAIN, depth + 1)
    }
    const start = this.#at
    return this.#flow('}', depth, () => this.#entry(map, value)) ? map.node(start, this.#at) : undefined
  }

  #flowList(depth: number): SourceNode | undefined {
    const items: SourceNode[] = []
    const start = this.#at
    const read = this.#flow(']', depth, () => {
      const item = this.#inline(FLOW_PLAIN, depth + 1)
      if (item !== undefined) items.push(item)
      return item !== undefined
    })
    return read ? { start, end: this.#at, items, value: items.map((item) => item.value) } : undefined
  }

  #flow(close: string, depth: number, readPart: () => boolean): boolean {
    if (depth > SOURCE_LIMITS.depthMax / 2) return false
    this.#at++
    this.#match(BLANKS)
    while (this.#text[this.#at] !== close) {
      if (!readPart()) return false
      this.#match(BLANKS)
      if (this.#text[this.#at] === close) break
      if (this.#text[this.#at++] !== ',') return false
      this.#match(BLANKS)
    }
    this.#at++
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text) ?? undefined
    if (match !== undefined) this.#at = pattern.lastIndex
    return match
  }
}

class MapBuilder {
  readonly #entries = new Map<string, SourceEntry>()
  readonly #value: Record<string, unknown> = {}
  end = 0

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  add(name: string, entry: SourceEntry): void {
    this.#entries.set(name, entry)
    this.#value[name] = entry.node.value
    this.end = entry.node.end
  }

  node(start: number, end: number): SourceNode {
    return { start, end, entries: this.#entries, value: this.#value }
  }
}
