import { allowedOf, defaultOf } from '../src/words/describe-word.js'
import type { Word } from '../src/words/word.js'

/** A table of keys, in Markdown as Prettier leaves it, and where code differs from it. */
export function wordTable(table: Readonly<Record<string, Word>>): string {
  const words = Object.entries(table)
  const rows = words.map(([name, word]) => [
    `\`${name}\``,
    word.former === undefined ? word.says : `${word.says}; formerly \`${word.former}\``,
    allowedOf(word),
    defaultOf(word),
  ])
  const all = [['key', 'what it means', 'unit, or what is allowed', 'default'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = all
  const lines = [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
  const reasons = words.flatMap(([name, { code = [] }]) =>
    code.flatMap(({ option, differs }) =>
      differs === undefined ? [] : [`- \`${name}\`, in code \`${option}\`: ${differs}`],
    ),
  )
  if (reasons.length === 0) return lines
  return `${lines}\n\nCode has the same defaults, apart from:\n\n${reasons.join('\n')}`
}
