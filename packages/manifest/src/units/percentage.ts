/** A share of the whole, written with its sign: `50%`, `99.9%`. */
export type Percentage = `${number}%`

export const PERCENTAGE_PATTERN: RegExp = /^(100(\.0{1,6})?|\d{1,2}(\.\d{1,6})?)%$/

/**
 * Turns a percentage into a share between 0 and 1.
 *
 * @throws RangeError when the text is not a number from 0 to 100 followed by `%`.
 * @example
 * percentageShare('20%') // 0.2
 */
export function percentageShare(text: Percentage): number {
  if (!PERCENTAGE_PATTERN.test(text)) {
    throw new RangeError(`cannot read percentage: it must be from 0% to 100%, got ${text}`)
  }
  return Number((Number.parseFloat(text) / 100).toFixed(8))
}

/**
 * Writes a share as a percentage without trailing zeros.
 *
 * @example
 * formatPercentage(0.999) // '99.9%'
 */
export function formatPercentage(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`
}
