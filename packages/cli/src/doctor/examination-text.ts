import type { Colours } from '../program/terminal.js'
import type { Examination } from './examine.js'

/** What `doctor` found, for people: a mark, the name and the detail, a line each. */
export function examinationText(
  { watertight, node, packages, manifest, types, ports, engines }: Examination,
  missing: readonly string[],
  colours: Colours,
): string {
  const good = colours.green('ok')
  const bad = colours.red('no')
  const none = colours.dim('--')
  const line = (mark: string, name: string, detail: string): string =>
    `  ${mark}  ${name.padEnd(WIDTH)}  ${detail}`
  const nodeNeed = node.ok ? '' : `, but ${node.needed} or later is needed`
  const taken = ports.filter(({ inUse }) => inUse)
  const foreign = packages.filter(({ version }) => version !== watertight)
  const lines = [
    line(good, 'watertight', watertight),
    line(node.ok ? good : bad, 'node', `${node.version}${nodeNeed}`),
    line(packageMark(), 'packages', packageDetail(watertight, packages, foreign)),
    line(
      manifest.ok ? good : bad,
      'manifest',
      manifest.file === null ? manifest.message : `${manifest.file}: ${manifest.message}`,
    ),
    ...(types === null ? [] : [line(types.ok ? good : bad, 'types', typesDetail(types))]),
    ...(ports.length === 0
      ? []
      : [line(taken.length === 0 ? good : none, 'ports', portDetail(ports.length, taken))]),
    ...(engines ?? []).map(({ name, purpose, path, version }) => {
      const mark = path !== null ? good : missing.includes(name) ? bad : none
      const detail = path === null ? `not found; ${purpose}` : `${version ?? 'says no version'}  ${path}`
      return line(mark, name, path === null && mark === none ? colours.dim(detail) : detail)
    }),
    ...(missing.length === 0 ? [] : ['', colours.red(`missing: ${missing.join(', ')}`)]),
  ]
  return `${lines.join('\n')}\n`

  function packageMark(): string {
    if (packages.length === 0) return none
    return foreign.length === 0 ? good : bad
  }
}

const WIDTH = 'watertight'.length

function packageDetail(
  watertight: string,
  packages: Examination['packages'],
  foreign: Examination['packages'],
): string {
  if (packages.length === 0) return 'none installed here'
  const list = (some: Examination['packages']): string =>
    some.map(({ name, version }) => `${name} ${version}`).join(', ')
  if (foreign.length === 0) return list(packages)
  return `${list(foreign)}: must all be ${watertight}, as this command is`
}

function typesDetail({ file, ok }: NonNullable<Examination['types']>): string {
  return ok ? `${file} is up to date` : `${file} is out of date: run watertight types`
}

function portDetail(count: number, taken: Examination['ports']): string {
  if (taken.length === 0) return `${count} of the manifest, all free`
  const list = taken.map(({ port, owner }) => `${port} (${owner})`).join(', ')
  return `${taken.length} of ${count} in use: ${list}`
}
