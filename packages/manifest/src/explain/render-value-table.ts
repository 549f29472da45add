import { type Paint, wrapText } from '../findings/paint.js'
import type { ExplainedValue } from './word-value.js'

/** Values with the line that they come from. A long value goes on below itself, so that a row fits the width. */
export function renderValueTable(
  head: string,
  values: readonly ExplainedValue[],
  { file, paint, width }: { readonly file: string; readonly paint: Paint; readonly width: number },
): string[] {
  const rows = values.map((value) => ({ ...value, from: shortOrigin(value.origin, file) }))
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length))
  const fromWidth = Math.max(0, ...rows.map(({ from }) => from.length))
  const room = Math.max(12, width - nameWidth - fromWidth - 6)
  const valueWidth = Math.min(room, Math.max(0, ...rows.map(({ value }) => value.length)))
  return [
    paint(`  ${head}`, 'faint'),
    ...rows.flatMap(({ name, value, from }) => {
      const colour = from === 'not set' || from === 'default' ? 'faint' : 'note'
      const [first = '', ...rest] = wrapText(value, valueWidth)
      const row = `  ${name.padEnd(nameWidth)}  ${first.padEnd(valueWidth)}  ${paint(from, colour)}`
      return [row, ...rest.map((line) => `  ${' '.repeat(nameWidth)}  ${line}`)]
    }),
  ]
}

// Most rows come from one file, so its name stands above them; what a profile says stands in another one.
function shortOrigin(origin: string, file: string): string {
  return origin.startsWith(`${file}:`) ? origin.slice(file.length) : origin
}
