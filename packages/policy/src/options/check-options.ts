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
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    const near = nearestSpelling(unknown, known)
    const hint = near === undefined ? `allowed are ${known.join(', ')}` : `did you mean ${path}${near}?`
    const option = path + unknown
    throw new OptionError(`cannot create ${subject}: unknown option ${quote(option)}; ${hint}`, option)
  }
  for (const key of known) {
    const { allowed, accepts, required, nested } = rules[key]!
    const value = options[key]
    const option = path + key
    if (value === undefined && required !== true) continue
    if (!accepts(value)) throw refusedOption(subject, option, allowed, value)
    if (nested !== undefined && isRecord(value)) checkOptions(subject, value, nested, `${option}.`)
  }
}

/** The error for one option: `cannot create retry: attempts must be an integer >= 1, got 0`. */
export function refusedOption(subject: string, option: string, allowed: string, given: unknown): OptionError {
  return new OptionError(
    `cannot create ${subject}: ${option || 'options'} must be ${allowed}, got ${quote(given)}`,
    option,
  )
}
