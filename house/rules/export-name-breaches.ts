import type { SourceModule } from '../source-module.js'
import { isNode, nameOf, type SyntaxNode } from '../syntax.js'

/** Named by what it is for: an entry of a package, the start of a program, the settings of a tool. */
const namedByRole = /(^|\/)(index|main)\.tsx?$|\.config\.ts$|\.test\.ts$/

/**
 * A file is named for an export: every word of its name is a word of the name of one thing that it exports.
 * `errors.ts` may hold `CircuitOpenError`, for its folder says the rest; `retry.ts` may not hold `breakerBlock`.
 */
export function exportNameBreaches(modules: readonly SourceModule[], entries: readonly string[]): string[] {
  return modules
    .filter(({ path }) => !namedByRole.test(path) && !entries.includes(path))
    .flatMap(({ path, program }) => {
      const names = exportedNames(program)
      const file =
        path
          .split('/')
          .at(-1)
          ?.replace(/\.tsx?$/, '') ?? ''
      if (names.length === 0 || names.some((name) => covers(name, file))) return []
      return [`${path} is named for nothing that it exports: ${names.slice(0, 5).join(', ')}`]
    })
}

function covers(name: string, file: string): boolean {
  const words = wordsOf(name)
  return wordsOf(file).every((word) => words.includes(word)) || wordsOf(file).join('') === words.join('')
}

/** Words in lower case and in the singular. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/ies$/, 'y').replace(/s$/, ''))
}

function exportedNames(program: SyntaxNode): string[] {
  const body = program['body']
  return (Array.isArray(body) ? body.filter(isNode) : [])
    .filter(({ type }) => type.startsWith('Export'))
    .flatMap((statement) => [
      ...nodesOf(statement['specifiers']).map((specifier) => nameOf(specifier['exported'])),
      ...declaredNames(statement['declaration']),
    ])
    .filter((name) => name !== undefined)
}

function declaredNames(declaration: unknown): (string | undefined)[] {
  if (!isNode(declaration)) return []
  const declarators = nodesOf(declaration['declarations'])
  return (declarators.length > 0 ? declarators : [declaration]).map((node) => nameOf(node['id']))
}

const nodesOf = (value: unknown): SyntaxNode[] => (Array.isArray(value) ? value.filter(isNode) : [])
