import type { Bounds } from '../scenario/schemas.js'

/**
 * No time is told apart more finely than this. Timers count whole milliseconds of another clock, so that what lasts 100 ms
 * may measure 99; and an engine may read the system's coarse clock, which moves on every 4 ms: two limits in a row that
 * are counted by it may be 8 ms short together.
 */
export const CLOCK_SLACK_MS = 10

export function within(value: number, { atLeast, atMost }: Bounds, slack: number = 0): boolean {
  return value >= atLeast - slack && value <= atMost + slack
}

/** `exactly 3`, `at least 2`, `2 to 4`. */
export function words({ atLeast, atMost }: Bounds, unit: string = ''): string {
  if (atLeast === atMost) return `exactly ${atLeast}${unit}`
  if (atMost === Infinity) return `at least ${atLeast}${unit}`
  return atLeast === 0 ? `at most ${atMost}${unit}` : `${atLeast}${unit} to ${atMost}${unit}`
}
