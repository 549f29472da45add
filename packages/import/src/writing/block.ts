import type { Setting } from '../settings/setting.js'

interface Line {
  readonly key: string
  readonly value: string | Block | readonly Block[]
  readonly comment: string | undefined
}

/** A map of a manifest that is being written, with comments that say where its values came from. */
export class Block {
  readonly #lines: Line[] = []
  readonly #keys = new Set<string>()

  /** The map below this key. */
  below(key: string): Block | undefined {
    const value = this.#lines.find((line) => line.key === key)?.value
    return value instanceof Block ? value : undefined
  }

  /** The value of this key, as YAML. */
  text(key: string): string | undefined {
    const value = this.#lines.find((line) => line.key === key)?.value
    return typeof value === 'string' ? value : undefined
  }

  get empty(): boolean {
    return this.#lines.length === 0
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** A value that is YAML already. */
  put(key: string, value: string | number, comment?: string): this {
    return this.#add({ key, value: String(value), comment })
  }

  /** A value that was read from a setting. */
  from(key: string, value: string | number, setting: Setting, note?: string): this {
    const { source } = setting
    return this.put(key, value, note === undefined ? source : `${source}; ${note}`)
  }

  /** A map below this one. */
  nest(key: string, block: Block, comment?: string): this {
    return this.#add({ key, value: block, comment })
  }

  /** A list of maps below this one. */
  list(key: string, blocks: readonly Block[]): this {
    return this.#add({ key, value: blocks, comment: undefined })
  }

  /** The lines of another block, after those of this one. */
  append(block: Block): this {
    for (const line of block.#lines) this.#add(line)
    return this
  }

  /** The lines of another block whose keys this one does not have. */
  fill(block: Block): this {
    for (const line of block.#lines) if (!this.#keys.has(line.key)) this.#add(line)
    return this
  }

  /** The lines of another block, in the place of those with the same keys. */
  replace(block: Block): this {
    for (const line of block.#lines) {
      const at = this.#lines.findIndex(({ key }) => key === line.key)
      if (at !== -1) this.#lines.splice(at, 1)
      this.#add(line)
    }
    return this
  }

  #add(line: Line): this {
    this.#lines.push(line)
    this.#keys.add(line.key)
    return this
  }

  lines(indent = ''): string[] {
    return this.#lines.flatMap(({ key, value, comment }) => {
      const end = comment === undefined ? '' : ` # ${printable(comment)}`
      if (typeof value === 'string') return [`${indent}${key}: ${value}${end}`]
      if (!(value instanceof Block))
        return [`${indent}${key}:`, ...value.flatMap((item) => listItem(item, indent))]
      if (value.empty) return [`${indent}${key}: {}${end}`]
      return [`${indent}${key}:${end}`, ...value.lines(`${indent}  `)]
    })
  }
}

function listItem(item: Block, indent: string): string[] {
  const below = `${indent}    `
  return item
    .lines(below)
    .map((line, index) => (index === 0 ? `${indent}  - ${line.slice(below.length)}` : line))
}

/** A comment ends with its line, whatever the imported text holds. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\ufeff]/gu, ' ').slice(0, 300)
}
