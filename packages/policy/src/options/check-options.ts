import { OptionError } from './option-error.js'

/** What one option may be: the words for the message and the test behind them. */
export interface Rule {
  readonly allowed: string
  readonly accepts: (value: unknown) => boolean
  /** Refused when absent. */
  readonly required?: boolean
}

/**
 * Checks an options object against its rules, every key of it, before a policy is built.
 *
 * Unknown keys are refused with the nearest known one, since a misspelt option that is silently ignored
 * is a policy that silently does not protect.
 *
 * @throws {OptionError} for the first option at fault
 */
export function checkOptions(policy: string, options: object, rules: Readonly<Record<string, Rule>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new OptionError(`cannot create ${policy}: options must be an object, got ${quote(options)}`, '')
  }
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(rules, key)) {
      const known = Object.keys(rules)
      const near = nearest(key, known)
      const hint = near === undefined ? `allowed are ${known.join(', ')}` : `did you mean ${near}`
      throw new OptionError(`cannot create ${policy}: unknown option ${quote(key)}, ${hint}`, key)
    }
  }
  for (const [key, rule] of Object.entries(rules)) {
    const value = (options as Record<string, unknown>)[key]
    if (value === undefined && rule.required !== true) continue
    if (!rule.accepts(value)) {
      throw new OptionError(
        `cannot create ${policy}: ${key} must be ${rule.allowed}, got ${quote(value)}`,
        key,
      )
    }
  }
}

/** The same rule for an option that must be given. */
export function required(rule: Rule): Rule {
  return { ...rule, required: true }
}

export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Rule {
  const upTo = maximum === Number.MAX_SAFE_INTEGER ? '' : ` and <= ${maximum}`
  return {
    allowed: `an integer >= ${minimum}${upTo}`,
    accepts: (value) =>
      Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
  }
}

/** An integer, or `Infinity` for "no limit". */
export function integerOrInfinity(minimum: number): Rule {
  const finite = integer(minimum)
  return {
    allowed: `${finite.allowed}, or Infinity`,
    accepts: (value) => value === Infinity || finite.accepts(value),
  }
}

/** Milliseconds: finite, at least `minimum`. */
export function milliseconds(minimum: number = 0): Rule {
  return {
    allowed: `a finite number of milliseconds >= ${minimum}`,
    accepts: (value) => Number.isFinite(value) && (value as number) >= minimum,
  }
}

/** A finite number above `minimum`, which is itself excluded. */
export function above(minimum: number): Rule {
  return {
    allowed: `a finite number > ${minimum}`,
    accepts: (value) => Number.isFinite(value) && (value as number) > minimum,
  }
}

/** A finite number, `minimum` included. */
export function atLeast(minimum: number): Rule {
  return {
    allowed: `a finite number >= ${minimum}`,
    accepts: (value) => Number.isFinite(value) && (value as number) >= minimum,
  }
}

/** A share from 0 to 1, ends included. */
export const share: Rule = {
  allowed: 'a number from 0 to 1',
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
}

export const flag: Rule = { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' }

export const callback: Rule = { allowed: 'a function', accepts: (value) => typeof value === 'function' }

/** Any value at all, `undefined` included. */
export const anything: Rule = { allowed: 'any value', accepts: () => true }

export const record: Rule = {
  allowed: 'an object',
  accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

export function oneOf(...values: readonly string[]): Rule {
  return {
    allowed: `one of ${values.map((value) => `'${value}'`).join(', ')}`,
    accepts: (value) => values.includes(value as string),
  }
}

/** An instance, recognised by a method it must have. */
export function having(method: string, described: string): Rule {
  return {
    allowed: described,
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      typeof (value as Record<string, unknown>)[method] === 'function',
  }
}

function quote(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** The known name within two edits of the given one, by Levenshtein's distance. */
function nearest(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = 3
  for (const name of known) {
    const distance = editDistance(given.slice(0, 40).toLowerCase(), name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const substitution = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1)
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, substitution))
    }
    previous = current
  }
  return previous[to.length]!
}
