const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'
const DAY_MS = 86_400_000
const YEAR_MS = 365.2425 * DAY_MS

const preferred = /^\w{3}, (?<day>\d\d) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/
const rfc850 = /^\w{6,9}, (?<day>\d\d)-(?<month>\w{3})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/
const asctime = /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/

/**
 * A date of HTTP (RFC 9110, section 5.6.7) in any of its three forms, in milliseconds since 1970; undefined for what is
 * none. A year of two digits is the one that is not more than 50 years after `wallNow`.
 */
export function httpDate(text: string, wallNow: number): number | undefined {
  const found = (preferred.exec(text) ?? rfc850.exec(text) ?? asctime.exec(text))?.groups
  if (found === undefined) return undefined
  const { day = '', month = '', year = '', time = '' } = found
  const monthIndex = MONTHS.indexOf(month)
  if (monthIndex < 0 || monthIndex % 3 !== 0) return undefined
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  const ofDay = ((hours * 60 + minutes) * 60 + seconds) * 1_000
  const at = (ofYear: number): number => daysBefore(ofYear, monthIndex / 3, Number(day)) * DAY_MS + ofDay
  if (year.length === 4) return at(Number(year))
  const recent = at(2_000 + Number(year))
  return recent > wallNow + 50 * YEAR_MS ? at(1_900 + Number(year)) : recent
}

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar, month from 0.
 *
 * Source: H. Hinnant, chrono-Compatible Low-Level Date Algorithms, `days_from_civil`: the year begins in March, so that
 * the leap day is its last.
 */
function daysBefore(year: number, month: number, day: number): number {
  const shifted = (month + 10) % 12
  const years = month < 2 ? year - 1 : year
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((153 * shifted + 2) / 5) + day - 1 - 719_468
}
