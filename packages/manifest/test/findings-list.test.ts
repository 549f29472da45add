import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { findingKinds } from '../src/checks/checks.js'
import type { FindingKind } from '../src/checks/check.js'

const page = readFileSync(new URL('../docs/findings/README.md', import.meta.url), 'utf8')

/** The list of all findings by their groups, as Prettier leaves it. */
function list(): string {
  const groups = new Map<string, FindingKind[]>()
  for (const kind of findingKinds.values()) groups.set(kind.group, [...(groups.get(kind.group) ?? []), kind])
  const sections = [...groups].map(([group, kinds]) => {
    return `## ${group.slice(0, 1).toUpperCase()}${group.slice(1)}\n\n${table(kinds)}\n`
  })
  return sections.join('\n')
}

function table(kinds: readonly FindingKind[]): string {
  const rows = [
    ['code', 'severity', 'what it says'],
    ...kinds.map(({ code, severity, title }) => [`[${code}](${code}.md)`, severity, title]),
  ]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

it('the list of findings has every one of them, with the severity that it has (vitest -u rewrites it)', async () => {
  const made = `${page.slice(0, page.indexOf('## '))}${list()}`
  expect(made).toContain('WT-RETRY-AMPLIFICATION')
  await expect(made).toMatchFileSnapshot('../docs/findings/README.md')
})
