/** @typedef {import('../runner/print.mjs').Target} Target */

/** How many times as long as a Node that does nothing a command may take. */
const TIMES_NODE = { 'cli --version': 1.4, 'cli check': 2.2 }

/**
 * The claim that the command line starts fast, judged by the ratios within one run: a slower machine is slower in all.
 * @param {readonly { case: string, ms: number }[]} rows
 * @returns {Target[]}
 */
export function cliTargets(rows) {
  const node = rows.find((row) => row.case === 'node alone')?.ms ?? Number.NaN
  return Object.entries(TIMES_NODE).map(([name, limit]) => {
    const ratio = (rows.find((row) => row.case === name)?.ms ?? Number.NaN) / node
    return {
      claim: `${name} at most ${limit} times node alone`,
      measured: `${ratio.toFixed(2)} times`,
      met: ratio <= limit,
    }
  })
}
