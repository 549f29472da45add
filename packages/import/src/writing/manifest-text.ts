import type { Unsupported } from '../settings/ledger.js'
import { type ImportText, shownNames } from '../settings/import-source.js'
import { summarise } from '../settings/summarise.js'
import { Block, printable } from './block.js'
import type { Draft } from './draft.js'

/** The whole manifest: what was imported, each value with its source, and at the end what was not. */
export function manifestText(
  draft: Draft,
  format: string,
  texts: readonly ImportText[],
  unsupported: readonly Unsupported[],
): string {
  const { system, head, policies, services, gateway } = draft
  const shown = new Map(shownNames(texts).map((name, index) => [texts[index]?.file ?? name, name]))
  const files = [...shown.keys()]
  const from =
    files.length <= 5 ? files.join(', ') : `${files.slice(0, 4).join(', ')} and ${files.length - 4} more`
  const lines = [
    `# Imported from ${printable(from)} (${format}) by \`watertight import\`. Comments say where each value came from.`,
    '# Run `watertight check` next: it says what these settings do to each other.',
    'watertight: v1',
    `system: ${system}`,
    ...head.lines(),
    ...section('policies', policies),
    '',
    'services:',
    ...services.flatMap((block) => block.lines('  ')),
    ...(gateway === undefined ? [] : section('gateway', gateway)),
  ]
  if (unsupported.length > 0) {
    lines.push('', '# Not in this manifest, or not in full:')
    for (const { file, path, line, reason } of summarise(unsupported)) {
      lines.push(`# - ${printable(`${shown.get(file) ?? file}:${line} ${path}: ${reason}`)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function section(key: string, block: Block): string[] {
  return block.empty ? [] : ['', ...new Block().nest(key, block).lines()]
}
