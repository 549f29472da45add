import { median, quantile, round } from '../runner/arithmetic.mjs'

/**
 * Measures all of them again and again, another one first each time, so that what the machine does meanwhile falls on all
 * alike. The first turn warms up and does not count.
 * @template Figures
 * @param {readonly (() => Promise<Figures>)[]} measures
 * @param {number} rounds
 * @returns {Promise<Figures[][]>} those of each
 */
export async function inTurns(measures, rounds) {
  const measured = measures.map(() => [])
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (let place = 0; place < measures.length; place += 1) {
      const which = (place + turn) % measures.length
      const figures = await measures[which]()
      if (turn > 0) measured[which].push(figures)
    }
  }
  return measured
}

/** The row of a case: the median of each of its figures, with so many digits. */
export const medianRow = (name, measured, digits) => ({
  case: name,
  ...Object.fromEntries(
    Object.entries(digits).map(([figure, count]) => [
      figure,
      round(median(measured.map((one) => one[figure])), count),
    ]),
  ),
})

/**
 * What one case adds to the time that another takes, as a share of it, by slices of both in the same turn: what the machine
 * does changes more from turn to turn than the cases differ.
 * @typedef {{ median: number, half: [least: number, most: number] }} Added `half` of the turns lie between the two
 */

/**
 * @param {readonly { perSecond: number }[]} bare of each turn
 * @param {readonly { perSecond: number }[]} slices of each turn
 * @returns {Added}
 */
export function addedTo(bare, slices) {
  const shares = slices.map(({ perSecond }, turn) => bare[turn].perSecond / perSecond - 1)
  const sorted = Float64Array.from(shares).sort()
  const half = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  return { median: round(median(shares), 4), half: half.map((share) => round(share, 4)) }
}
