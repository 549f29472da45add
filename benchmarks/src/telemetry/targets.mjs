import { round } from '../runner/arithmetic.mjs'

/**
 * The claims about recording, judged by one run's rows.
 * @param {readonly { case: string, nsPerCall: number, bytesPerCall: number }[]} rows
 * @returns {import('../runner/print.mjs').Target[]}
 */
export function recordingTargets(rows) {
  const row = (name) => {
    const found = rows.find((candidate) => candidate.case === name)
    if (found === undefined)
      throw new RangeError(`cannot judge the targets: no row named ${JSON.stringify(name)}`)
    return found
  }
  const ours = row('watertight call')
  const timesFaster = round(row('prom-client call').nsPerCall / ours.nsPerCall, 1)
  return [
    {
      claim: 'recording a call allocates nothing',
      measured: `${ours.bytesPerCall} B`,
      met: ours.bytesPerCall === 0,
    },
    {
      claim: 'at least 10 times faster than prom-client',
      measured: `${timesFaster} times`,
      met: timesFaster >= 10,
    },
  ]
}
