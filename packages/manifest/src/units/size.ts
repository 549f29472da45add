const BYTES_PER_UNIT = { B: 1, kB: 1_000, MB: 1_000_000, KiB: 1_024, MiB: 1_048_576 } as const

/** An amount of memory as people write it: `512B`, `64KiB`, `2MiB`, `10kB`, `1MB`. */
export type Size = `${number}${keyof typeof BYTES_PER_UNIT}`

export const SIZE_PATTERN: RegExp = /^\d{1,9}(B|kB|MB|KiB|MiB)$/

/**
 * Turns a size into bytes.
 *
 * @throws RangeError when the text is not a whole number followed by `B`, `kB`, `MB`, `KiB` or `MiB`.
 * @example
 * sizeBytes('64KiB') // 65536
 */
export function sizeBytes(text: Size): number {
  if (!SIZE_PATTERN.test(text)) {
    throw new RangeError(
      `cannot read size: it must be a whole number with B, kB, MB, KiB or MiB, got ${text}`,
    )
  }
  const unit = /[A-Za-z]+$/.exec(text)?.[0] as keyof typeof BYTES_PER_UNIT
  return Number.parseInt(text, 10) * BYTES_PER_UNIT[unit]
}

/**
 * Writes bytes with the largest unit that keeps the number whole.
 *
 * @example
 * formatSize(65_536) // '64KiB'
 */
export function formatSize(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'no limit'
  for (const unit of ['MiB', 'MB', 'KiB', 'kB'] as const) {
    if (bytes > 0 && bytes % BYTES_PER_UNIT[unit] === 0) return `${bytes / BYTES_PER_UNIT[unit]}${unit}`
  }
  return `${bytes}B`
}
