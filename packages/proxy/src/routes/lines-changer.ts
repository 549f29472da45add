import type { HeaderChanges } from '@watertight/manifest'

/** Header lines with what a route removes, sets and adds; undefined where it changes nothing. */
export function linesChanger({ set, add, remove }: HeaderChanges): ((lines: string) => string) | undefined {
  if (set.length + add.length + remove.length === 0) return undefined
  const dropped = new Set([...remove, ...set.map(([name]) => name)])
  const added = [...set, ...add].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return (lines) => (dropped.size === 0 ? lines : without(lines, dropped)) + added
}

function without(lines: string, dropped: ReadonlySet<string>): string {
  const kept = lines
    .split('\r\n')
    .filter((line) => !dropped.has(line.slice(0, line.indexOf(':')).toLowerCase()))
  return kept.join('\r\n')
}
