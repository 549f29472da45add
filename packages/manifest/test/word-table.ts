import { allowedOf, defaultOf } from '../src/words/describe-word.js'
import { policyWords } from '../src/words/policy-words.js'

/** The table of the keys of a policy, in Markdown as Prettier leaves it, and where code differs from it. */
export function wordTable(): string {
  const words = Object.entries(policyWords)
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
  const table = [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
  const reasons = words.flatMap(([name, { code = [] }]) =>
    code.flatMap(({ option, differs }) =>
      differs === undefined ? [] : [`- \`${name}\`, in code \`${option}\`: ${differs}`],
    ),
  )
  return `${table}\n\nCode has the same defaults, apart from:\n\n${reasons.join('\n')}`
}
