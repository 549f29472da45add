/** Rows below a head, each column as wide as its widest cell; the last one as long as the line lets it be. */
export function renderTable(rows: readonly (readonly string[])[], width: number): string {
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === columns - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line)).join('\n') + '\n'
}

/** One line of text, whatever stands in it: what comes from outside must not steer a terminal. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- it is what this is about
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}
