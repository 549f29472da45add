/**
 * The checker of options of every package: one grammar of messages, one nearest spelling.
 *
 * `cannot create retry: attempts must be an integer >= 1, got 0`
 */
export { checkOptions, refusedOption } from './check-options.js'
export { nearestSpelling } from './nearest-spelling.js'
export { OptionError } from './option-error.js'
export { quote } from './quote.js'
export { shownUrl } from './shown-url.js'
export type { Rule, Rules } from './rules.js'
export {
  above,
  anything,
  atLeast,
  callback,
  flag,
  having,
  integer,
  integerOrInfinity,
  milliseconds,
  nested,
  number,
  oneOf,
  orFalse,
  record,
  required,
  share,
  text,
} from './rules.js'
