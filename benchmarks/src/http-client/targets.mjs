import { median, round } from '../runner/arithmetic.mjs'

/** @typedef {import('../runner/print.mjs').Target} Target */
/** @typedef {{ requestsPerSecond: number, p99Ms: number }} Round */

/**
 * The p99 of the quiet rounds, as the lower quartile: a neighbour on the machine who takes the processor for a moment
 * stalls all that is in flight, and a few such moments are the p99 of a round, whoever is measured.
 */
function quietP99(rounds) {
  const sorted = rounds.map(({ p99Ms }) => p99Ms).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 4)]
}

/**
 * The claims about the client. Throughput is judged round by round and by the median of the rounds: whatever else the
 * machine does in one round, it does to all cases.
 * @param {(name: string) => readonly Round[]} roundsOf
 * @returns {Target[]}
 */
export function clientTargets(roundsOf) {
  const ours = roundsOf('watertight client')
  const bare = roundsOf('undici request')
  const fetched = roundsOf('global fetch')
  const timesOver = (peer) =>
    median(ours.map(({ requestsPerSecond }, index) => requestsPerSecond / peer[index].requestsPerSecond))
  const overFetch = timesOver(fetched)
  const overRequest = timesOver(bare)
  const addedMs = quietP99(ours) - quietP99(bare)
  return [
    {
      claim: 'watertight client at least 4 times global fetch in requests per second',
      measured: `${round(overFetch, 2)} times`,
      met: overFetch >= 4,
    },
    {
      claim: 'watertight client at least 0.8 of undici request in requests per second',
      measured: `${round(overRequest, 2)} of it`,
      met: overRequest >= 0.8,
    },
    {
      claim: 'p99 of the watertight client less than 0.3 ms above that of undici request',
      measured: `${round(addedMs, 3)} ms`,
      met: addedMs < 0.3,
    },
  ]
}
