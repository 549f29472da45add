/** @typedef {import('../runner/print.mjs').Target} Target */

/**
 * The claim that the command line starts fast, judged by one run's rows.
 * @param {readonly { case: string, ms: number }[]} rows
 * @returns {Target[]}
 */
export function cliTargets(rows) {
  return rows
    .filter((row) => row.case.startsWith('cli '))
    .map((row) => ({ claim: `${row.case} below 150 ms`, measured: `${row.ms} ms`, met: row.ms < 150 }))
}
