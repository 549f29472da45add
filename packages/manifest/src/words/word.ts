import type { PolicySections } from '../document/policy-document.js'
import type { HashKey } from './hash-key.js'

/** What a value of the document is, and so how it is read, checked and written. */
export type WordKind = 'duration' | 'share' | 'count' | 'size' | 'flag' | 'choice' | 'conditions' | 'hash-key'

/** The option of the same meaning in code: the interface that has it, and its name there. */
export interface CodeOption {
  readonly of: string
  readonly option: string
  /** Why code has no default, or another one. Absent where both have the same. */
  readonly differs?: string
}

/** One key of a policy: everything that schema, resolver, explain and the documentation say about it. */
export interface Word {
  readonly kind: WordKind
  /** What it means, for somebody who meets it for the first time. */
  readonly says: string
  /** Least and most, of a count. */
  readonly range?: readonly [number, number]
  readonly choices?: readonly string[]
  readonly required?: true
  /** A share that must not be 0. */
  readonly positive?: true
  /** A duration that may be 0, for which there is nothing to wait then. Any other is a limit, or a stretch of time. */
  readonly mayBeZero?: true
  /** `off` may stand there, which the model has as undefined, or as Infinity where it lifts a limit. */
  readonly off?: true
  /** In the unit of the model: milliseconds, a share from 0 to 1. Absent: there is none. */
  readonly default?: number | string | boolean | readonly (number | string)[]
  /** How the default is told where it depends on other keys. */
  readonly defaultSays?: string
  /** The key under which older documents have it. */
  readonly former?: string
  readonly code?: readonly CodeOption[]
}

type Leaf = string | number | boolean | readonly unknown[] | Exclude<HashKey, string>
type Keys<Document, Prefix extends string> = {
  [Key in keyof Document & string]: Exclude<Document[Key], undefined | 'off'> extends infer Value
    ? [Value] extends [Leaf]
      ? `${Prefix}${Key}`
      : Keys<Required<Value>, `${Prefix}${Key}.`>
    : never
}[keyof Document & string]

/** Every key of a policy, by its dotted name in the document: `retry.backoff.jitter`. */
export type WordName = Exclude<
  Keys<Required<PolicySections>, ''>,
  // Read by their present names.
  'breaker.answers' | 'hedge.attempts'
>
