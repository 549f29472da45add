/** Where a value stands in a document: keys and list positions from the top. */
export type DocumentPath = readonly (string | number)[]

/** Offsets into the text, end excluded. */
export interface SourceRange {
  readonly start: number
  readonly end: number
}

/** One node of the document with its value as plain data. */
export interface SourceNode extends SourceRange {
  readonly value: unknown
  readonly entries?: ReadonlyMap<string, SourceEntry>
  readonly items?: readonly SourceNode[]
}

export interface SourceEntry {
  readonly key: SourceRange
  readonly node: SourceNode
}

export interface SourcePosition {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number
}

/** A manifest's text together with where each of its values stands. */
export class ManifestSource {
  readonly file: string
  readonly text: string
  /** The files that it was merged of, the later ones above; itself where it is a file. */
  readonly layers: readonly ManifestSource[]
  readonly #root: SourceNode | undefined
  #lineStarts: number[] | undefined

  constructor(file: string, text: string, root?: SourceNode, layers: readonly ManifestSource[] = []) {
    this.file = file
    this.text = text
    this.layers = layers.length === 0 ? [this] : layers
    this.#root = root
  }

  /** The same document, of whose values each stands in one of these files. */
  mergedOf(layers: readonly ManifestSource[]): ManifestSource {
    return new ManifestSource(this.file, this.text, this.#root, layers)
  }

  /** The file that people name when they mean the document: the first of those that it was merged of. */
  get document(): ManifestSource {
    return this.layers[0] ?? this
  }

  /**
   * The file that says what holds at a path. What is no map takes the place of all below it; of maps, which are merged, the
   * one that leads furthest, and the lowest of several that lead as far.
   */
  layerOf(path: DocumentPath): ManifestSource {
    let best = { layer: this.document, depth: 0, isMap: true }
    for (const layer of this.layers.toReversed()) {
      const { depth, isMap } = layer.#follow(path)
      if (depth === 0) continue
      if (depth > best.depth || (depth === best.depth && best.isMap && isMap)) best = { layer, depth, isMap }
      if (!isMap) break
    }
    return best.layer
  }

  /** How far a path leads, and whether it ends at a map. */
  #follow(path: DocumentPath): { readonly depth: number; readonly isMap: boolean } {
    let node = this.#root
    let depth = 0
    for (const step of path) {
      const child = typeof step === 'string' ? node?.entries?.get(step)?.node : node?.items?.[step]
      if (child === undefined) break
      node = child
      depth += 1
    }
    return { depth, isMap: node?.entries !== undefined }
  }

  get value(): unknown {
    return this.#root?.value
  }

  /** The range of the key or the value at a path; of its nearest ancestor when the path itself is absent. */
  locate(path: DocumentPath, part: 'key' | 'value' = 'key'): SourceRange {
    let node = this.#root
    let range: SourceRange = { start: 0, end: 0 }
    for (const [depth, step] of path.entries()) {
      const entry = typeof step === 'string' ? node?.entries?.get(step) : undefined
      const child = entry?.node ?? (typeof step === 'number' ? node?.items?.[step] : undefined)
      if (child === undefined) return range
      const last = depth === path.length - 1
      range = entry !== undefined && !(last && part === 'value') ? entry.key : child
      node = child
    }
    return range
  }

  position(offset: number): SourcePosition {
    const starts = (this.#lineStarts ??= lineStarts(this.text))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }

  /** The text of a line, counted from 1. */
  line(number: number): string {
    const starts = (this.#lineStarts ??= lineStarts(this.text))
    const start = starts[number - 1] ?? this.text.length
    return this.text.slice(start, starts[number] ?? this.text.length).replace(/\r?\n$|\r$/, '')
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Writes a path as people read it: `services.order.calls.payment`. */
export function formatPath(path: DocumentPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text === '' ? 'the document' : text
}
