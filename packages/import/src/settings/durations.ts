/** Reads a duration as one format writes it; undefined when it is none. Milliseconds. */
export type DurationFormat = (text: string) => number | undefined

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Go's `time.ParseDuration`: `1h30m`, `1.5s`, `250ms`. */
export function goDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(\d{1,12}(\.\d{0,9})?(ns|us|µs|μs|ms|s|m|h)){1,6}$/.test(text)) return undefined
  let sum = 0
  for (const [, number = '', unit = ''] of text.matchAll(/(\d+(?:\.\d*)?)([a-zµμ]+)/g)) {
    sum += Number(number) * (unitsMs[unit] ?? 0)
  }
  return sum
}

/** Dapr's: a plain number is milliseconds, and the rest is Go's. */
export function daprDuration(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : goDuration(text)
}

const iso = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$/i

/** Spring Boot's: ISO-8601 (`PT1.5S`), a number with a unit (`500ms`), or a plain number of milliseconds. */
export function springDuration(text: string): number | undefined {
  const simple = /^\+?(\d{1,12})(ns|us|ms|s|m|h|d)?$/i.exec(text)
  if (simple !== null) return Number(simple[1]) * (unitsMs[(simple[2] ?? 'ms').toLowerCase()] ?? 0)
  const parts = /\d/.test(text) && !/T$/i.test(text) ? iso.exec(text) : null
  if (parts === null) return undefined
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0))
  return (
    (days ?? 0) * 86_400_000 + (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000 + (seconds ?? 0) * 1_000
  )
}
