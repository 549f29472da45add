import type { z } from 'zod'
import { type DocumentPath, formatPath } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'
import { allowedKeys } from './allowed-keys.js'
import { formatPercentage } from '../units/percentage.js'
import { suggest } from './suggest.js'

type Issue = z.core.$ZodIssue

/** Turns what the schema objects to into problems at exact places, each with what is allowed there. */
export function schemaProblems(schema: z.ZodType, value: unknown, issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue) => describe(schema, value, flatten(issue, [])))
}

// A union reports every branch. The branch that got furthest is the one the author meant; of those, one that knows the keys.
function flatten(issue: Issue, base: DocumentPath): Issue[] {
  const path = [...base, ...(issue.path as (string | number)[])]
  if (issue.code !== 'invalid_union') return [{ ...issue, path: [...path] }]
  let best: Issue[] = []
  let bestDepth = -1
  for (const branch of issue.errors) {
    const flat = branch.flatMap((nested) => flatten(nested, path))
    const depth = Math.max(
      ...flat.map((nested) => nested.path.length + (isTypeMismatch(nested, path) ? 0 : 1)),
    )
    const knowsMore = depth === bestDepth && isStrange(best, path) && !isStrange(flat, path)
    if (depth > bestDepth || knowsMore) [best, bestDepth] = [flat, depth]
    else if (depth === bestDepth && depth === path.length) best = [...best, ...flat]
  }
  const [only] = best
  // A union that says itself what is allowed knows of all its branches.
  if (only !== undefined && best.length === 1 && only.path.length === path.length && isOurs(issue))
    return [{ ...only, message: issue.message }]
  if (best.length < 2 || bestDepth > path.length) return best
  const message = `must be ${[...new Set(best.map((nested) => bare(allowed(nested))))].join(', or ')}`
  return [{ code: 'custom', path: [...path], message, input: issue.input }]
}

function isStrange(issues: readonly Issue[], path: DocumentPath): boolean {
  return issues.some((issue) => issue.code === 'unrecognized_keys' && issue.path.length === path.length)
}

function isOurs({ message }: Issue): boolean {
  return !message.startsWith('Invalid')
}

function isTypeMismatch(issue: Issue, path: DocumentPath): boolean {
  if (issue.path.length > path.length) return false
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && issue.values.length === 1)
}

function describe(schema: z.ZodType, value: unknown, issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path as DocumentPath
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(schema, path, key))
    if (issue.code === 'invalid_key') {
      const reason = issue.issues[0]?.message ?? 'must be another name'
      return [problem('WT-DOC-VALUE', path, 'key', `${reason}, got ${quote(path.at(-1))}`, 'rename the key')]
    }
    const given = valueAt(value, path)
    if (given === undefined) {
      const hint = `add ${String(path.at(-1))}: ${bare(allowed(issue))}`
      return [problem('WT-DOC-MISSING-KEY', path, 'key', 'this key is required and missing', hint)]
    }
    return [
      problem(
        'WT-DOC-VALUE',
        path,
        'value',
        `${allowed(issue)}, got ${quote(given)}`,
        valueHint(issue, given),
      ),
    ]
  })
}

function unknownKey(schema: z.ZodType, path: DocumentPath, key: string): Problem {
  const known = allowedKeys(schema, path)
  const message = `the key ${quote(key)} is not known`
  return problem('WT-DOC-UNKNOWN-KEY', [...path, key], 'key', message, suggest(key, known))
}

function problem(
  code: string,
  path: DocumentPath,
  part: 'key' | 'value',
  message: string,
  hint: string,
): Problem {
  const whole = message.startsWith('must ') ? `it ${message}` : message
  return { code, path, part, message: `cannot read ${formatPath(path)}: ${whole}`, hint }
}

function allowed(issue: Issue): string {
  const { code, message } = issue
  if (code === 'invalid_value' && !isOurs(issue)) return `must be ${issue.values.map(String).join(' or ')}`
  // What follows has a message of ours where the schema names one, which says more.
  if (code === 'invalid_type' && !isOurs(issue))
    return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`
  if (code === 'too_big' && message.startsWith('Too')) return `must be at most ${issue.maximum}`
  if (code === 'too_small' && message.startsWith('Too')) return `must be at least ${issue.minimum}`
  return message
}

const TYPE_NAMES: Record<string, string> = {
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
}

function valueHint(issue: Issue, given: unknown): string {
  if (issue.code === 'invalid_value' && typeof given === 'string')
    return suggest(given, issue.values.map(String))
  if (typeof given === 'number' && issue.message.includes('duration'))
    return `add a unit: ${given}ms or ${given}s`
  if (typeof given === 'number' && issue.message.includes('percentage')) return percentageHint(given)
  if (given === null) return 'nothing stands after the colon; write a value or remove the key'
  return 'change the value'
}

// In code a share is a number up to 1, and most who leave the sign out mean that.
function percentageHint(given: number): string {
  if (given > 0 && given <= 1) return `write ${formatPercentage(given)} (or ${given}%, if you mean that)`
  return `add the sign: ${given}%`
}

/** What a value must be, without the words that say so. */
function bare(message: string): string {
  return message.replace(/^must be /, '')
}

function quote(given: unknown): string {
  if (given === null) return 'nothing'
  if (Array.isArray(given)) return `a list of ${given.length}`
  if (typeof given === 'object') return 'a map'
  const plain = given as string | number | boolean
  const text = typeof plain === 'string' ? JSON.stringify(plain) : String(plain)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  let current = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined
    current = (current as Record<string | number, unknown>)[step]
  }
  return current
}
