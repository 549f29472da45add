import { round } from '../runner/arithmetic.mjs'

/**
 * The claims about the engine, judged by one run's rows.
 * @param {readonly { case: string, nsPerCall: number }[]} rows
 * @param {number} millionMs what a million calls in virtual time took
 * @returns {import('../runner/print.mjs').Target[]}
 */
export function engineTargets(rows, millionMs) {
  const nsOf = (name) => {
    const found = rows.find((candidate) => candidate.case === name)
    if (found === undefined)
      throw new RangeError(`cannot judge the targets: no row named ${JSON.stringify(name)}`)
    return found.nsPerCall
  }
  const bare = nsOf('bare')
  const client = round(nsOf('client composition') / bare, 2)
  const callbacks = round(nsOf('engine by callbacks') / bare, 2)
  return [
    { claim: 'client composition at most 6 times bare', measured: `${client} times`, met: client <= 6 },
    {
      claim: 'engine by callbacks at most 3 times bare',
      measured: `${callbacks} times`,
      met: callbacks <= 3,
    },
    {
      claim: 'engine by callbacks at most 400 ns a call',
      measured: `${nsOf('engine by callbacks')} ns`,
      met: nsOf('engine by callbacks') <= 400,
    },
    {
      claim: 'a million calls in virtual time in under 1 s',
      measured: `${Math.round(millionMs)} ms`,
      met: millionMs < 1_000,
    },
  ]
}
