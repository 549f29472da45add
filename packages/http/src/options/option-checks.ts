import { OptionError } from '@watertight/policy'

/** What a number given as an option must be. */
export interface NumberRange {
  readonly min: number
  /** Default no upper bound. */
  readonly max?: number
  readonly integer?: boolean
}

/** @throws {OptionError} when the value is given and is not such a number */
export function checkNumber(
  subject: string,
  option: string,
  value: number | undefined,
  range: NumberRange,
): void {
  if (value === undefined) return
  const { min, max = Infinity, integer = false } = range
  const fits = typeof value === 'number' && value >= min && value <= max
  if (fits && (!integer || Number.isSafeInteger(value))) return
  const kind = integer ? 'an integer' : 'a number'
  const upTo = max === Infinity ? '' : ` and <= ${max}`
  throw new OptionError(
    `cannot create ${subject}: ${option} must be ${kind} >= ${min}${upTo}, got ${quote(value)}`,
    option,
  )
}

/** @throws {OptionError} when an option is none of those known: one that is silently ignored protects nobody */
export function checkKnown(subject: string, options: object, known: readonly string[]): void {
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue
    throw new OptionError(
      `cannot create ${subject}: unknown option ${quote(option)}, allowed are ${known.join(', ')}`,
      option,
    )
  }
}

export function quote(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
