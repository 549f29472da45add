import type { Books } from '../audit/books.js'
import type { Measured } from '../load/measurements.js'
import type { Colors } from './colors.js'
import { count, countsText, ms, percent } from './status-block.js'

const FINDINGS_SHOWN = 20

/** What a run comes to. */
export interface RunResult {
  readonly seconds: number
  readonly load?: Measured
  readonly restarts: number
  readonly books: Books
  /** What does not balance. */
  readonly findings: readonly string[]
}

/** The end of a run, for people. */
export function summary(result: RunResult, colors: Colors): string[] {
  const { load, findings } = result
  const { orders, confirmed, cancelled } = tally(result.books)
  const lines = ['', colors.strong(`Stopped after ${Math.round(result.seconds)} s.`)]
  if (load !== undefined) {
    lines.push(
      `  checkouts   ${count(load.total)}: ${countsText(load)}`,
      `  success     ${percent(load.successShare)}, p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}`,
    )
  }
  lines.push(
    `  restarts    ${result.restarts}`,
    `  orders      ${count(orders)} in the data folder: ${count(confirmed)} confirmed, ${count(cancelled)} cancelled`,
  )
  if (findings.length === 0) {
    lines.push(
      `  books       ${colors.good('balance')}: all paid, reserved and to be shipped, or refunded and released`,
    )
    return lines
  }
  lines.push(`  books       ${colors.bad(`DO NOT BALANCE, ${findings.length} findings`)}:`)
  lines.push(...findings.slice(0, FINDINGS_SHOWN).map((finding) => `    ${finding}`))
  if (findings.length > FINDINGS_SHOWN) lines.push(`    and ${findings.length - FINDINGS_SHOWN} more`)
  return lines
}

/** The end of a run, for machines: one object. */
export function summaryJson(result: RunResult): Record<string, unknown> {
  const { load, findings } = result
  return {
    seconds: round(result.seconds),
    ...(load === undefined
      ? {}
      : {
          checkouts: load.total,
          perSecond: round(load.total / result.seconds),
          ...load.counts,
          successShare: load.successShare,
          p50Ms: round(load.p50Ms),
          p99Ms: round(load.p99Ms),
        }),
    restarts: result.restarts,
    ...tally(result.books),
    balanced: findings.length === 0,
    findings: findings.slice(0, FINDINGS_SHOWN),
  }
}

function tally({ orders }: Books): { orders: number; confirmed: number; cancelled: number } {
  const confirmed = orders.filter(({ state }) => state === 'confirmed').length
  const cancelled = orders.filter(({ state }) => state === 'cancelled').length
  return { orders: orders.length, confirmed, cancelled }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
