import type { Problem } from '../source/problem.js'

/** A problem, and the others that the same change mends. */
export interface ProblemGroup {
  readonly problem: Problem
  readonly others: readonly Problem[]
}

const NAMED_MAX = 5

/** Problems of one code and one cause become one, at the place of the first, that names and counts the others. */
export function groupProblems(problems: readonly Problem[]): ProblemGroup[] {
  const groups = new Map<string, Problem[]>()
  for (const [index, problem] of problems.entries()) {
    const key = problem.cause === undefined ? String(index) : `${problem.code} ${problem.cause}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [problem])
    else group.push(problem)
  }
  return [...groups.values()].map(([first, ...others]) => {
    // A group is made with its first problem.
    const problem = first as Problem
    if (others.length === 0) return { problem, others }
    const named = others.flatMap(({ subject }) => subject ?? []).slice(0, NAMED_MAX)
    const rest = others.length - named.length
    const list = rest > 0 ? [...named, `${rest} more`] : named
    const message = `${problem.message} (and ${others.length} more: ${list.join(', ')})`
    return { problem: { ...problem, message }, others }
  })
}
