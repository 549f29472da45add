/** One line of a `.properties` text: `a.b=c`. */
export interface Property {
  readonly name: string
  readonly value: string
  /** From 1. */
  readonly line: number
}

/**
 * Reads Java's `.properties`: `name=value`, `name: value` or `name value`, `#` and `!` for comments, a backslash to go
 * on in the next line. Documents are parted by `#---`, as Spring Boot does it. Cost: linear in the text.
 */
export function readProperties(text: string): readonly (readonly Property[])[] {
  const documents: Property[][] = [[]]
  const lines = text.split(/\r\n|\r|\n/)
  for (let index = 0; index < lines.length; index += 1) {
    const first = lines[index]?.trimStart() ?? ''
    if (/^[#!]---\s*$/.test(first)) documents.push([])
    if (first === '' || first.startsWith('#') || first.startsWith('!')) continue
    const line = index + 1
    let logical = first
    while (/(^|[^\\])(\\\\)*\\$/.test(logical.slice(-40)) && index + 1 < lines.length) {
      index += 1
      logical = logical.slice(0, -1) + (lines[index]?.trimStart() ?? '')
    }
    const { name, value } = split(logical)
    documents.at(-1)?.push({ name, value, line })
  }
  return documents
}

function split(line: string): { name: string; value: string } {
  let at = 0
  while (at < line.length && !/[=:\s]/.test(line[at] ?? '')) at += line[at] === '\\' ? 2 : 1
  const rest = line.slice(at).trimStart()
  return { name: unescape(line.slice(0, at)), value: unescape(rest.replace(/^[=:]\s*/, '')).trimEnd() }
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code?: string, letter = '') =>
    code === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
