import type { Books } from '../audit/books.js'
import type { Measured } from '../load/measurements.js'
import type { Colors } from './colors.js'
import { count, countsText, ms, percent, sharesText } from './status-block.js'
import type { TimeShares } from './time-shares.js'

const FINDINGS_SHOWN = 20

/** What a run comes to. */
export interface RunResult {
  readonly seconds: number
  readonly load?: Measured
  readonly restarts: number
  /** Share (0..1) of checkouts that watertight.yaml promises to answer as it should. */
  readonly availability: number
  readonly shares?: TimeShares | undefined
  readonly books: Books
  /** What does not balance. */
  readonly findings: readonly string[]
}

/** The end of a run, for people. */
export function summary(result: RunResult, colors: Colors): string[] {
  const { load, shares, availability, findings } = result
  const { orders, confirmed, cancelled } = tally(result.books)
  const lines = ['', colors.strong(`Stopped after ${Math.round(result.seconds)} s.`)]
  if (load !== undefined) {
    lines.push(
      `  checkouts   ${count(load.total)}: ${countsText(load)}`,
      `  success     ${successText(load, availability, colors)}, p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}`,
    )
    if (shares !== undefined) {
      lines.push(`  mean time   ${ms(shares.totalMs)} a checkout, of which in ms:`)
      lines.push(...sharesText(shares).map((line) => `              ${line}`))
    }
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
          promisedShare: result.availability,
          p50Ms: round(load.p50Ms),
          p99Ms: round(load.p99Ms),
        }),
    restarts: result.restarts,
    ...(result.shares === undefined ? {} : { meanMs: meansOf(result.shares) }),
    ...tally(result.books),
    balanced: findings.length === 0,
    findings: findings.slice(0, FINDINGS_SHOWN),
  }
}

function successText(load: Measured, availability: number, colors: Colors): string {
  const isKept = load.successShare >= availability
  const text = `${percent(load.successShare)}, ${isKept ? 'as promised' : 'LESS THAN PROMISED'} (${percent(availability)})`
  return isKept ? text : colors.bad(text)
}

function meansOf({ totalMs, parts: shares, betweenMs }: TimeShares): Record<string, number> {
  const parts = shares.map(({ name, ms: mean }) => [name, round(mean)] as const)
  return { checkout: round(totalMs), ...Object.fromEntries(parts), betweenProcesses: round(betweenMs) }
}

function tally({ orders }: Books): { orders: number; confirmed: number; cancelled: number } {
  const confirmed = orders.filter(({ state }) => state === 'confirmed').length
  const cancelled = orders.filter(({ state }) => state === 'cancelled').length
  return { orders: orders.length, confirmed, cancelled }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
