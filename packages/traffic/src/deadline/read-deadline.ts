/** A day: nobody waits longer, and what claims to is not believed. */
const TIMEOUT_MS_MAX = 86_400_000
const MINUS = 45
const ZERO = 48
const DIGITS_MAX = 15

/** When the caller stops waiting, in the time of `now`; `Infinity` when it does not say, or not in whole milliseconds. */
export function readDeadline(text: string | undefined, now: number): number {
  if (text === undefined) return Infinity
  const timeoutMs = wholeNumber(text)
  return timeoutMs <= TIMEOUT_MS_MAX ? now + timeoutMs : Infinity
}

/** Every request is asked for this, so it is read digit by digit; `NaN` for what is no whole number, or a long one. */
function wholeNumber(text: string): number {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0
  if (text.length === start || text.length > DIGITS_MAX) return Number.NaN
  let value = 0
  for (let index = start; index < text.length; index++) {
    const digit = text.charCodeAt(index) - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return start === 1 ? -value : value
}
