import { nearestSpelling } from './nearest-spelling.js'
import { OptionError } from './option-error.js'
import { quote } from './quote.js'
import { isRecord, type Rules } from './rules.js'

/**
 * Checks every key of an options object against its rules, before anything is made of it.
 *
 * Unknown keys are refused with the nearest known one, since a misspelt option that is silently ignored is a
 * protection that silently does not protect.
 *
 * @param subject what is to be created, for the message: `retry`
 * @param path what stands before the names of the options, with its dot, when they belong to another: `window.`
 * @throws {OptionError} for the first option at fault
 * @example
 * checkOptions('queue', { size: 5 }, { size: required(integer(1)), name: text })
 */
export function checkOptions(subject: string, options: unknown, rules: Rules, path: string = ''): void {
  if (!isRecord(options)) throw refusedOption(subject, path.slice(0, -1), 'an object', options)
  const known = Object.keys(rules)
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const near = nearestSpelling(key, known)
    const hint = near === undefined ? `allowed are ${known.join(', ')}` : `did you mean ${path}${near}?`
    throw new OptionError(
      `cannot create ${subject}: unknown option ${quote(path + key)}; ${hint}`,
      path + key,
    )
  }
  for (const key of known) {
    const rule = rules[key]!
    const value = options[key]
    if (value === undefined && rule.required !== true) continue
    if (!rule.accepts(value)) throw refusedOption(subject, path + key, rule.allowed, value)
    if (rule.nested !== undefined && isRecord(value)) {
      checkOptions(subject, value, rule.nested, `${path}${key}.`)
    }
  }
}

/** The error for one option: `cannot create retry: attempts must be an integer >= 1, got 0`. */
export function refusedOption(subject: string, option: string, allowed: string, given: unknown): OptionError {
  return new OptionError(
    `cannot create ${subject}: ${option === '' ? 'options' : option} must be ${allowed}, got ${quote(given)}`,
    option,
  )
}
