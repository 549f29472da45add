import type { Setting } from '../settings/setting.js'

/** `Path=/orders/**` and `{ name: Path, args: { patterns: [/orders/**] } }` are the same. */
export interface Shortcut {
  readonly name: string
  readonly args: readonly string[]
  readonly from: Setting
}

/** A predicate or a filter of Spring Cloud Gateway, in either way of writing it. */
export function readShortcut(item: Setting): Shortcut | undefined {
  if (typeof item.scalar === 'string') {
    const [, name = '', rest = ''] = /^\s*(\w+)\s*=?\s*(.*)$/.exec(item.scalar) ?? []
    const args = rest
      .split(',')
      .map((arg) => arg.trim())
      .filter((arg) => arg !== '')
    return { name, args, from: item }
  }
  const name = item.at('name')?.text
  const args = (item.at('args')?.entries ?? []).flatMap((arg) =>
    arg.items.length > 0 ? arg.items.map(({ text }) => text) : [arg.text],
  )
  return name === undefined ? undefined : { name, args, from: item }
}
