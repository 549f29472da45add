import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { findingKinds, suggest } from '@watertight/manifest/tooling'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Colours } from '../program/terminal.js'

/**
 * The page of a finding: why it hurts, how to fix it, an example before and after.
 *
 * @throws CommandError when there is no such finding.
 */
export function findingPage(code: string): string {
  if (!findingKinds.has(code)) {
    const codes = [...findingKinds.keys()]
    const below = codes.filter((known) => known.startsWith(code))
    throw new CommandError(`cannot explain ${code}: there is no such finding`, {
      code: 'WT_UNKNOWN_FINDING',
      exitCode: EXIT.usage,
      hint:
        below.length > 1
          ? `there are ${below.join(', ')}`
          : suggest(code, below.length === 1 ? below : codes),
    })
  }
  const schema = createRequire(import.meta.url).resolve('@watertight/manifest/manifest.schema.json')
  return readFileSync(join(dirname(schema), 'docs/findings', `${code}.md`), 'utf8')
}

/** A page of Markdown for a terminal: headings bold, code apart. */
export function paintPage(page: string, colours: Colours): string {
  let code = false
  return page
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('```')) {
        code = !code
        return []
      }
      if (code) return [`  ${colours.cyan(line)}`.trimEnd()]
      const heading = /^(#+) (.*)$/.exec(line)
      if (heading === null) return [line]
      return [
        heading[1] === '#'
          ? colours.bold(colours.underline(heading[2] ?? ''))
          : colours.bold(heading[2] ?? ''),
      ]
    })
    .join('\n')
}
