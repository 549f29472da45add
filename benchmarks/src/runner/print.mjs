/**
 * Rows of cells as lines with aligned columns: the first column to the left, the others to the right.
 * @param {readonly (readonly string[])[]} rows the first one is the heading
 */
export function alignedTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
  return [
    line(rows[0]),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.slice(1).map(line),
  ].join('\n')
}

/** @param {readonly object[]} rows */
export function jsonLines(rows) {
  return rows.map((row) => JSON.stringify(row)).join('\n')
}

/**
 * A claim with what was measured for it.
 * @typedef {{ claim: string, measured: string, met: boolean }} Target
 */

/** @param {readonly Target[]} targets */
export function targetLines(targets) {
  return targets
    .map(({ claim, measured, met }) => `  ${met ? 'met   ' : 'MISSED'}  ${claim}: ${measured}`)
    .join('\n')
}

/**
 * With `--check`, a missed target is an exit code of 1, and is named on standard error where `--json` keeps standard
 * output for the rows.
 * @param {readonly Target[]} targets
 * @param {{ json: boolean }} options
 */
export function enforce(targets, { json }) {
  const missed = targets.filter(({ met }) => !met)
  if (missed.length === 0) return
  if (json) process.stderr.write(`${targetLines(missed)}\n`)
  process.exitCode = 1
}

/**
 * Prints what a benchmark found: one JSON object a row with `--json`, else a table, notes on it and the targets; with
 * `--check`, a missed target is the exit code.
 * @param {readonly object[]} rows
 * @param {readonly Target[]} targets
 * @param {{ heading: readonly string[], cells: (row: any) => readonly string[], notes?: readonly string[] }} table
 * @param {{ json: boolean, check: boolean }} options
 */
export function report(rows, targets, { heading, cells, notes = [] }, { json, check }) {
  if (json) {
    process.stdout.write(`${jsonLines(rows)}\n`)
  } else {
    const table = alignedTable([heading, ...rows.map(cells)])
    const remarks = notes.length === 0 ? [] : ['', ...notes]
    process.stdout.write([table, ...remarks, '', 'targets', targetLines(targets), ''].join('\n'))
  }
  if (check) enforce(targets, { json })
}

/**
 * The table of a benchmark that answers requests.
 * @param {readonly string[]} notes
 */
export function requestTable(notes) {
  return {
    heading: ['case', 'requests/s', 'p50 ms', 'p99 ms', 'cpu us/request'],
    cells: (row) => [
      row.case,
      row.requestsPerSecond.toLocaleString('en'),
      row.p50Ms.toFixed(3),
      row.p99Ms.toFixed(3),
      row.cpuMicros.toFixed(1),
    ],
    notes,
  }
}
