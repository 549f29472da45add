/** @typedef {import('../runner/print.mjs').Target} Target */

/**
 * The claim about the checks' speed, judged by one run's rows.
 * @param {readonly { case: string, ms: number }[]} rows
 * @returns {Target[]}
 */
export function manifestTargets(rows) {
  return rows.map((row) => ({
    claim: `${row.case} below 300 ms`,
    measured: `${row.ms} ms`,
    met: row.ms < 300,
  }))
}
