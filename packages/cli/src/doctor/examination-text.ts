import type { Colours } from '../program/terminal.js'
import type { Examination } from './examine.js'

/** What `doctor` found, for people: a mark, the name and the detail, a line each. */
export function examinationText(
  { watertight, node, manifest, ports, engines }: Examination,
  missing: readonly string[],
  colours: Colours,
): string {
  const good = colours.green('ok')
  const bad = colours.red('no')
  const none = colours.dim('--')
  const width = Math.max(...engines.map(({ name }) => name.length), 'watertight'.length)
  const line = (mark: string, name: string, detail: string): string =>
    `  ${mark}  ${name.padEnd(width)}  ${detail}`
  const nodeNeed = node.ok ? '' : `, and ${node.needed} or later is needed`
  const taken = ports.filter(({ inUse }) => inUse)
  const lines = [
    colours.bold('Here'),
    line(good, 'watertight', watertight),
    line(node.ok ? good : bad, 'node', `${node.version}${nodeNeed}`),
    line(
      manifest.ok ? good : bad,
      'manifest',
      manifest.file === null ? manifest.message : `${manifest.file}: ${manifest.message}`,
    ),
    ...(ports.length === 0
      ? []
      : [line(taken.length === 0 ? good : none, 'ports', portDetail(ports.length, taken))]),
    '',
    `${colours.bold('Engines')} ${colours.dim('for tests against the real thing; none is needed otherwise')}`,
    ...engines.map(({ name, purpose, path, version }) => {
      const mark = path !== null ? good : missing.includes(name) ? bad : none
      const detail = path === null ? `not found; ${purpose}` : `${version ?? 'says no version'}  ${path}`
      return line(mark, name, path === null && mark === none ? colours.dim(detail) : detail)
    }),
    ...(missing.length === 0 ? [] : ['', colours.red(`missing: ${missing.join(', ')}`)]),
  ]
  return `${lines.join('\n')}\n`
}

function portDetail(count: number, taken: Examination['ports']): string {
  if (taken.length === 0) return `${count} of the manifest, all free`
  const list = taken.map(({ port, owner }) => `${port} (${owner})`).join(', ')
  return `${taken.length} of ${count} in use: ${list}`
}
