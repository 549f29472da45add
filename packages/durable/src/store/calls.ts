import type { Statement } from './statement.js'

interface Call {
  readonly expression: string
  /** The column of its answer. */
  readonly column: string
  readonly parameters: number
}

/** By their text. There are as many as this package has, and as many orders of them. */
const calls = new Map<string, Call>()
const joined = new Map<string, Map<string, string>>()

/**
 * SQL that does nothing but call a function. What is asked next to another such call goes in one statement with it: to read,
 * plan and answer a statement costs as much as what these functions write.
 */
export function callOf(expression: string, column: string): string {
  const text = `select ${expression} as ${column}`
  const numbers = [...expression.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number))
  calls.set(text, { expression, column, parameters: Math.max(0, ...numbers) })
  return text
}

export interface JoinedCalls {
  readonly statements: readonly Statement[]
  /** Of each that was given: which of `statements` answers it. */
  readonly answeredBy: readonly number[]
}

/**
 * Joins calls that stand next to one another, unless their answers would have the same name. Of each statement, its text and
 * its values are taken.
 */
export function joinCalls(given: readonly Statement[]): JoinedCalls {
  const statements: Statement[] = []
  const answeredBy: number[] = []
  let group: readonly Call[] = []
  for (const { text, values } of given) {
    const call = calls.get(text)
    const last = statements.at(-1)
    if (call !== undefined && last !== undefined && group.length > 0 && !hasColumn(group, call)) {
      group = [...group, call]
      statements[statements.length - 1] = {
        text: joinedText(last.text, group),
        values: [...last.values, ...values],
      }
    } else {
      group = call === undefined ? [] : [call]
      statements.push({ text, values })
    }
    answeredBy.push(statements.length - 1)
  }
  return { statements, answeredBy }
}

const hasColumn = (group: readonly Call[], { column }: Call): boolean =>
  group.some((other) => other.column === column)

/** `text` is that of all but the last of them. */
function joinedText(text: string, group: readonly Call[]): string {
  const { expression, column } = group.at(-1)!
  const known = joined.get(text)?.get(expression)
  if (known !== undefined) return known
  const before = group.slice(0, -1).reduce((sum, { parameters }) => sum + parameters, 0)
  const moved = expression.replaceAll(/\$(\d+)/g, (_, number) => `$${Number(number) + before}`)
  const made = `${text}, ${moved} as ${column}`
  joined.set(text, (joined.get(text) ?? new Map<string, string>()).set(expression, made))
  return made
}
