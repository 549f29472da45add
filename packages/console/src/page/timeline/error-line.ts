import { formatShare } from '../format/format-count.js'
import type { ChartLine } from './chart.js'

/** The share of errors, as every chart draws it: a chart full of red has 5% of them at least. */
export const ERROR_LINE: ChartLine = {
  label: 'errors',
  colour: '--critical',
  isFilled: true,
  format: formatShare,
  floor: 0.05,
}
