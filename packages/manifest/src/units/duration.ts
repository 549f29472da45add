const MILLISECONDS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A duration as people write it: a number and a unit, such as `250ms`, `3s`, `5m`, `2h` or `30d`. */
export type Duration = `${number}${keyof typeof MILLISECONDS_PER_UNIT}`

// Nine digits keep every product exact and finite: the longest duration is far above a century.
export const DURATION_PATTERN: RegExp = /^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d)$/

/**
 * Turns a duration into milliseconds.
 *
 * @throws RangeError when the text is not a number followed by `ms`, `s`, `m`, `h` or `d`.
 * @example
 * durationMs('1.5s') // 1500
 */
export function durationMs(text: Duration): number {
  if (!DURATION_PATTERN.test(text)) {
    throw new RangeError(`cannot read duration: it must be a number with ms, s, m, h or d, got ${text}`)
  }
  const unit = /[a-z]+$/.exec(text)?.[0] as keyof typeof MILLISECONDS_PER_UNIT
  // Rounded to a microsecond: 16.086 x 1000 is not quite 16086 in binary.
  return Math.round(Number.parseFloat(text) * MILLISECONDS_PER_UNIT[unit] * 1_000) / 1_000
}

/**
 * Writes milliseconds with the largest unit that keeps the number whole, so that 3000 reads `3s`.
 *
 * @example
 * formatDuration(90_000) // '90s'
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'no limit'
  const rounded = Math.round(ms * 1_000) / 1_000
  if (rounded === 0) return '0ms'
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = MILLISECONDS_PER_UNIT[unit]
    if (rounded % size === 0) return `${rounded / size}${unit}`
  }
  return rounded > 1_000 ? `${rounded / 1_000}s` : `${rounded}ms`
}
