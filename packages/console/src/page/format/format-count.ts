/** What stands where a number is not known. */
export const UNKNOWN = '–'

/** `0`, `0.4`, `42`, `1.3k`: a rate in at most four characters. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN
  if (perSecond === 0) return '0'
  if (perSecond < 0.05) return '<0.1'
  if (perSecond < 9.95) return perSecond.toFixed(1)
  if (perSecond < 999.5) return perSecond.toFixed(0)
  if (perSecond < 9_950) return `${(perSecond / 1_000).toFixed(1)}k`
  return `${(perSecond / 1_000).toFixed(0)}k`
}

/**
 * `0%`, `<0.1%`, `1.2%`, `42%`. Neither end is rounded to: what fails one time in ten thousand is not `0%`, and an
 * availability of 99.96% is not `100%`.
 */
export function formatShare(share: number | null): string {
  if (share === null) return UNKNOWN
  const percent = share * 100
  if (percent === 0 || percent === 100) return `${percent}%`
  if (percent > 0 && percent < 0.1) return '<0.1%'
  if (percent > 99 && percent < 100) return `${Math.min(99.99, percent).toFixed(percent > 99.9 ? 2 : 1)}%`
  return `${percent.toFixed(Math.abs(percent) < 9.95 ? 1 : 0)}%`
}

/** `1,204`, `-`: a count, grouped as people read it. */
export function formatCount(count: number | null): string {
  return count === null ? UNKNOWN : Math.round(count).toLocaleString('en')
}

/** `812 B`, `4.2 kB`, `73 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${value.toFixed(unit > 0 && value < 9.95 ? 1 : 0)} ${units[unit]}`
}

/** `1 replica`, `3 replicas`. */
export function formatNoun(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}
