import { round } from '../runner/arithmetic.mjs'

/** @typedef {import('../runner/print.mjs').Target} Target */

/**
 * The claims about calls, judged by one run's rows.
 * @param {readonly { case: string, nsPerCall: number, bytesPerCall: number, ratioToBare: number }[]} rows
 * @returns {Target[]}
 */
export function callTargets(rows) {
  const row = (name) => {
    const found = rows.find((candidate) => candidate.case === name)
    if (found === undefined)
      throw new RangeError(`cannot judge the targets: no row named ${JSON.stringify(name)}`)
    return found
  }
  const ours = row('watertight pipeline')
  const client = row('watertight client composition')
  const breaker = row('watertight breaker')
  const refusal = row('watertight refusal')
  const theirBreaker = row('cockatiel breaker')
  const timesFaster = (peer) => round(row(peer).nsPerCall / ours.nsPerCall, 2)
  const overCockatiel = timesFaster('cockatiel pipeline')
  const overOpossum = timesFaster('opossum breaker+timeout')
  return [
    {
      claim: 'pipeline at most 4 times bare',
      measured: `${ours.ratioToBare} times`,
      met: ours.ratioToBare <= 4,
    },
    {
      claim: 'client composition at most 6 times bare',
      measured: `${client.ratioToBare} times`,
      met: client.ratioToBare <= 6,
    },
    {
      claim: 'pipeline at least 20 times faster than cockatiel pipeline',
      measured: `${overCockatiel} times`,
      met: overCockatiel >= 20,
    },
    {
      claim: 'pipeline at least 3.5 times faster than opossum breaker+timeout',
      measured: `${overOpossum} times`,
      met: overOpossum >= 3.5,
    },
    {
      claim: 'pipeline at most 400 B a call',
      measured: `${ours.bytesPerCall} B`,
      met: ours.bytesPerCall <= 400,
    },
    {
      claim: 'closed breaker alone below cockatiel breaker',
      measured: `${breaker.nsPerCall} ns against ${theirBreaker.nsPerCall} ns`,
      met: breaker.nsPerCall < theirBreaker.nsPerCall,
    },
    {
      claim: 'refusal by outcome below 150 ns',
      measured: `${refusal.nsPerCall} ns`,
      met: refusal.nsPerCall < 150,
    },
  ]
}

/**
 * The claims about idle breakers, judged by one run's rows.
 * @param {readonly { case: string, count: number, bytesPerBreaker: number, timers: number }[]} rows
 * @returns {Target[]}
 */
export function memoryTargets(rows) {
  const ours = rows.filter((row) => row.case.startsWith('watertight'))
  const largest = Math.max(
    ...ours.filter((row) => !row.case.includes('registry')).map((row) => row.bytesPerBreaker),
  )
  const held = ours.find((row) => row.case.includes('registry'))?.count ?? 0
  const timers = ours.reduce((sum, row) => sum + row.timers, 0)
  return [
    { claim: 'idle breaker below 1 KiB', measured: `${largest} B at most`, met: largest < 1_024 },
    {
      claim: '100,000 breakers in a registry',
      measured: `${held.toLocaleString('en')} held`,
      met: held >= 100_000,
    },
    { claim: 'no timer for any of them', measured: `${timers} started`, met: timers === 0 },
  ]
}
