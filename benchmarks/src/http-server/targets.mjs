/** @typedef {import('../runner/print.mjs').Target} Target */

/**
 * The claim about the guard's cost, judged by the ratio within one run.
 * @param {number} ratio requests per second with the guard to those without
 * @returns {Target[]}
 */
export function serverTargets(ratio) {
  return [
    {
      claim: 'watertight server at least 0.9 of the bare server in requests per second',
      measured: ratio.toFixed(3),
      met: ratio >= 0.9,
    },
  ]
}
