import { UNKNOWN } from './format-count.js'

/** `<1 ms`, `4.2 ms`, `48 ms`, `1.25 s`, `2 min 5 s`, `3 h 4 min`, `2 d 3 h`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return UNKNOWN
  if (ms < 1) return ms === 0 ? '0 ms' : '<1 ms'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1_440) return pair(minutes, 60, 'h', 'min')
  return pair(Math.round(minutes / 60), 24, 'd', 'h')
}

/** `2 s`, `1 min`: one that somebody has chosen, without the zeros of a measurement. */
export const formatChosenDuration = (ms: number): string => formatDuration(ms).replace(/\.0+ /, ' ')

function pair(count: number, base: number, large: string, small: string): string {
  const rest = count % base
  const whole = `${Math.floor(count / base)} ${large}`
  return rest === 0 ? whole : `${whole} ${rest} ${small}`
}

/** `48 / 210 ms`: two durations, with the unit once where both have the same. */
export function formatPercentiles(p50Ms: number | null, p99Ms: number | null): string {
  const [low, high] = [formatDuration(p50Ms), formatDuration(p99Ms)]
  const unit = / \D+$/.exec(high)?.[0]
  return unit !== undefined && low.endsWith(unit) && !low.startsWith('<')
    ? `${low.slice(0, -unit.length)} / ${high}`
    : `${low} / ${high}`
}

/** `12:03:09`, in the time zone of the reader. */
export function formatClock(at: number): string {
  const time = new Date(at)
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')
}

/** `28 Nov, 12:03:09`, for what need not be of today. */
export function formatMoment(at: number, now: number): string {
  const time = new Date(at)
  const isToday = time.toDateString() === new Date(now).toDateString()
  const day = `${time.getDate()} ${time.toLocaleString('en', { month: 'short' })}`
  return isToday ? formatClock(at) : `${day}, ${formatClock(at)}`
}

/** `now`, `12 s ago`, `4 min ago`: coarse on purpose, so that it does not flicker. */
export function formatAgo(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1_000)
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')
