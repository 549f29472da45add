/** What one option may be: the words for the message and the test behind them. */
export interface Rule {
  readonly allowed: string
  readonly accepts: (value: unknown) => boolean
  /** Refused when absent. */
  readonly required?: boolean
  /** The options of an option that is an object. */
  readonly nested?: Rules
}

/** The rule of each option, by its name. */
export type Rules = Readonly<Record<string, Rule>>

/** The same rule for an option that must be given. */
export function required(rule: Rule): Rule {
  return { ...rule, required: true }
}

/** The same rule for an option that `false` switches off. */
export function orFalse(rule: Rule): Rule {
  return {
    ...rule,
    allowed: `${rule.allowed} or false`,
    accepts: (value) => value === false || rule.accepts(value),
  }
}

/** A number, of which the test is told; NaN never passes. */
export function number(allowed: string, accepts: (value: number) => boolean): Rule {
  return { allowed, accepts: (value) => typeof value === 'number' && accepts(value) }
}

/** Default: no upper bound. */
export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Rule {
  const upTo = maximum === Number.MAX_SAFE_INTEGER ? '' : ` and <= ${maximum}`
  return number(
    `an integer >= ${minimum}${upTo}`,
    (value) => Number.isSafeInteger(value) && value >= minimum && value <= maximum,
  )
}

/** An integer, or `Infinity` for "no limit". */
export function integerOrInfinity(minimum: number): Rule {
  const { allowed, accepts } = integer(minimum)
  return { allowed: `${allowed}, or Infinity`, accepts: (value) => value === Infinity || accepts(value) }
}

/** A finite number, `minimum` included. */
export function atLeast(minimum: number, kind: string = 'a finite number'): Rule {
  return number(`${kind} >= ${minimum}`, (value) => value >= minimum && value < Infinity)
}

/** Milliseconds: finite, at least `minimum`. */
export function milliseconds(minimum: number = 0): Rule {
  return atLeast(minimum, 'a finite number of milliseconds')
}

/** A finite number above `minimum`, which is itself excluded. */
export function above(minimum: number, kind: string = 'a finite number'): Rule {
  return number(`${kind} > ${minimum}`, (value) => value > minimum && value < Infinity)
}

/** A share from 0 to 1, ends included. */
export const share: Rule = /* @__PURE__ */ number('a number from 0 to 1', (value) => value >= 0 && value <= 1)

export const flag: Rule = /* @__PURE__ */ ofType('boolean', 'true or false')

export const text: Rule = {
  allowed: 'a text that is not empty',
  accepts: (value) => typeof value === 'string' && value !== '',
}

export const callback: Rule = /* @__PURE__ */ ofType('function', 'a function')

/** Any value at all, `undefined` included. */
export const anything: Rule = { allowed: 'any value', accepts: () => true }

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const record: Rule = { allowed: 'an object', accepts: isRecord }

/** An object with options of its own. */
export function nested(rules: Rules): Rule {
  return { ...record, nested: rules }
}

export function oneOf(...values: readonly string[]): Rule {
  return { allowed: `one of '${values.join("', '")}'`, accepts: (value) => values.includes(value as string) }
}

/** An instance, recognised by a method it must have. */
export function having(method: string, allowed: string): Rule {
  return { allowed, accepts: (value) => isRecord(value) && typeof value[method] === 'function' }
}

function ofType(type: string, allowed: string): Rule {
  return { allowed, accepts: (value) => typeof value === type }
}
