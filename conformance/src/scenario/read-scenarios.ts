import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import type { z } from 'zod'
import { groupSchema, type Scenario } from './scenario-schema.js'

/** The scenarios of one file, which is named after what they are about. */
export interface ScenarioGroup {
  readonly name: string
  readonly about: string
  readonly scenarios: readonly Scenario[]
}

/** A file of scenarios says something that has no meaning. The message names every place. */
class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
}

/** Reads every file of a folder, in the order of their names. */
export function readScenarios(folder: string): readonly ScenarioGroup[] {
  const groups = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => readGroup(basename(file, '.yaml'), readFileSync(join(folder, file), 'utf8')))
  const names = groups.flatMap(({ scenarios }) => scenarios.map(({ name }) => name))
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice.length > 0)
    throw new ScenarioError(`cannot read scenarios: names must be used once, got ${twice.join(', ')} twice`)
  return groups
}

/**
 * Reads the text of one file.
 *
 * @throws {ScenarioError} naming every fault
 */
export function readGroup(name: string, text: string): ScenarioGroup {
  const given: unknown = parse(text)
  const { data, error } = groupSchema.safeParse(given)
  if (error !== undefined) {
    const faults = error.issues.flatMap((issue) => faultsOf(issue, [], given))
    throw new ScenarioError(
      `cannot read scenarios of ${name}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
  }
  for (const scenario of data.scenarios) {
    checkNames(scenario)
    checkPurpose(scenario)
  }
  return { name, ...data }
}

/** A name that no endpoint has would be a check that cannot fail, or a step that does nothing. */
function checkNames({ name, upstream, steps, seen }: Scenario): void {
  const used = [
    ...steps.flatMap((step) => {
      if ('down' in step) return [step.down]
      if ('up' in step) return [step.up]
      if ('endpoints' in step) return step.endpoints
      if ('seen' in step) return Object.keys(step.seen)
      return 'send' in step || !('until' in step) ? [] : Object.keys(step.until)
    }),
    ...(seen.requests === undefined || 'atLeast' in seen.requests ? [] : Object.keys(seen.requests)),
    ...(seen.attempts ?? []).flatMap(({ at }) => at ?? []),
    ...(seen.silence ?? []).map(({ at }) => at),
    ...Object.keys(seen.share ?? {}),
  ]
  const known = Object.keys(upstream)
  const unknown = used.find((one) => !known.includes(one))
  if (unknown !== undefined)
    throw new ScenarioError(
      `cannot read ${name}: endpoint must be one of ${known.join(', ')}, got ${unknown}`,
    )
}

/** Whoever looks at nothing finds nothing. */
function checkPurpose({ name, steps, seen }: Scenario): void {
  const looks = steps.some(
    (step) => 'seen' in step || ('send' in step && (step.answers ?? step.counts) !== undefined),
  )
  if (!looks && Object.keys(seen).length === 0)
    throw new ScenarioError(
      `cannot read ${name}: answers, counts or seen must say what is looked at, got none`,
    )
}

type Issue = z.core.$ZodIssue

/** One line for each fault; of the forms that a value may have, the one that fits best speaks. */
function faultsOf(issue: Issue, above: readonly PropertyKey[], given: unknown): string[] {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union' || issue.errors.length === 0)
    return [`${placeOf(path, given)}: ${issue.message}`]
  const [best = []] = issue.errors.toSorted(
    (one, other) => depth(other) - depth(one) || one.length - other.length,
  )
  return best.flatMap((inner) => faultsOf(inner, path, given))
}

function depth(issues: readonly Issue[]): number {
  return Math.min(
    ...issues.map(({ path, code }) => (code === 'unrecognized_keys' ? path.length + 0.5 : path.length)),
  )
}

/** `attempts-count-every-try.steps.0.send`: a scenario is told by its name, not by its number. */
function placeOf(path: readonly PropertyKey[], given: unknown): string {
  const [list, index, ...rest] = path
  const name = (given as { scenarios?: { name?: string }[] } | null)?.scenarios?.[index as number]?.name
  if (list !== 'scenarios' || name === undefined) return path.map(String).join('.') || 'file'
  return [name, ...rest].map(String).join('.')
}
