export const REDACTED = '[redacted]'

/** Longer text is cut before it is searched: every line is bounded, and so is the time spent on it. */
export const TEXT_CHARACTERS_MAX = 8_192

/** Headers as text: what follows the name is secret up to the end of the line, or of the quotation. */
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie2?)(["']?\s{0,3}[:=]\s{0,3}["']?)[^\r\n"']{1,4000}/gi
/** Any scheme of the `Authorization` header with what follows it; after all but one a plain word is a plain word. */
const BEARER = /\b(Bearer)[\s:]+[^\s"',;]+/gi
const SCHEME = /\b(Basic|Digest|Negotiate|ApiKey|Token)[\s:]+(?![a-z]+(?![\w+/.~=-]))[A-Za-z0-9+/_.~=-]{6,}/g
/** JSON web tokens wherever they stand, and user and password in URLs. */
const JWT = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.?[A-Za-z0-9_-]*/g
const USER_IN_URL = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@]{1,200}@/gi
/** Private keys as they stand in files, and the tokens that tell by their first letters who gave them out. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]{0,8192}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g
const ISSUED =
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}\b|[rs]k_(?:live|test)_[A-Za-z0-9]{8,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[\w-]{30,}|npm_[A-Za-z0-9]{30,})/g
/** `password=...`, `api_key: ...` and `"token":"..."`, in query strings, forms, headers and JSON inside a text. */
const ASSIGNMENT =
  /([\w-]{0,40}(?:passw(?:or)?d|pwd|passphrase|connect\.sid|secret|token|api[_-]?key|access[_-]?key|authorization|cookie|signature|credential)[\w-]{0,20}["']?\s{0,3}[=:]\s{0,3})("[^"]{0,2000}"|'[^']{0,2000}'|[^\s&,;"'}\]]+)/gi
/** What every one of these patterns needs: most text has none of it, and is done with one search. */
const SUSPICIOUS =
  /bearer|basic|digest|negotiate|token|key|eyj|:\/\/|passw|pwd|connect\.sid|gh[pousr]_|github_pat|glpat-|akia|asia|[rs]k_(?:live|test)|xox|aiza|npm_|passphrase|secret|authorization|cookie|signature|credential|\d(?:[ -]?\d){12}/i
const DIGITS = /\b\d(?:[ -]?\d){12,18}\b/g

/** Text without the secrets that can be told by their looks, and no longer than a line may be. */
export function withoutSecrets(text: string): string {
  const bounded = text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)} [cut]`
  if (!SUSPICIOUS.test(bounded)) return bounded
  return bounded
    .replace(HEADER, `$1$2${REDACTED}`)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(SCHEME, `$1 ${REDACTED}`)
    .replace(PRIVATE_KEY, REDACTED)
    .replace(JWT, REDACTED)
    .replace(ISSUED, REDACTED)
    .replace(USER_IN_URL, `$1${REDACTED}@`)
    .replace(ASSIGNMENT, (whole, name: string, value: string) =>
      value.includes('[redacted') ? whole : `${name}${REDACTED}`,
    )
    .replace(DIGITS, (digits) => (isCardNumber(digits) ? REDACTED : digits))
}

/** A card number that was logged as a number. Times in milliseconds are as long, but begin with a 1. */
export function isCardAsNumber(value: number): boolean {
  if (!Number.isSafeInteger(value) || value < 20_000_000_000_000) return false
  const digits = String(value)
  return /^[2-6]/.test(digits) && isCardNumber(digits)
}

/** Luhn's check, by which one in ten random numbers passes: ids that are no card numbers mostly stay readable. */
function isCardNumber(text: string): boolean {
  let sum = 0
  let doubled = false
  for (let index = text.length - 1; index >= 0; index--) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) continue
    const value = doubled ? digit * 2 : digit
    sum += value > 9 ? value - 9 : value
    doubled = !doubled
  }
  return sum % 10 === 0
}
