import type { Unsupported } from '../settings/ledger.js'
import { Block, printable } from './block.js'
import type { Draft } from './draft.js'

/** The whole manifest: what was imported, each value with its source, and at the end what was not. */
export function manifestText(
  draft: Draft,
  format: string,
  file: string,
  unsupported: readonly Unsupported[],
): string {
  const { system, head, policies, services, gateway } = draft
  const lines = [
    `# Imported from ${printable(file)} (${format}) by \`watertight import\`. Comments say where each value came from.`,
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
    const name = file.replace(/^.*[\\/]/, '')
    lines.push('', '# Not in this manifest, or not in full:')
    for (const { path, line, reason } of unsupported) {
      lines.push(`# - ${printable(`${name}:${line} ${path}: ${reason}`)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function section(key: string, block: Block): string[] {
  return block.empty ? [] : ['', ...new Block().nest(key, block).lines()]
}
