import { median, round } from '../runner/arithmetic.mjs'

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
