import { markdownBlocks, withoutBlocks } from './markdown-blocks.js'
import type { SourceFile } from './sources.js'
import { isNode, parse, walk, type SyntaxNode } from './syntax.js'

/**
 * Calls that a README writes inside of a sentence, and that no block of it makes: nobody has ever run them. A call whose
 * arguments are all names, `update(model)`, tells what a function takes and is left alone.
 */
export function unexecutedCalls({ path, text }: SourceFile, alsoRun: readonly string[] = []): string[] {
  const blocks = markdownBlocks(text).filter(({ language }) => language === 'ts' || language === 'js')
  const made = new Set<string>()
  for (const code of [...blocks.map((block) => block.code), ...alsoRun])
    walk(parse(`${path}.ts`, code), (node) => {
      if (node.type === 'CallExpression') made.add(shapeOf(node))
    })
  const prose = withoutBlocks(text)
  return [...prose.matchAll(/`([^`\n]+)`/g)].flatMap((match) => {
    const call = callOf(match[1]?.replaceAll('\\|', '|') ?? '')
    if (call === undefined || made.has(shapeOf(call))) return []
    const line = prose.slice(0, match.index).split('\n').length
    return [`${path}:${line} says ${match[0]}, and no block of it makes that call`]
  })
}

/** A span that is a call with a value among its arguments, and nothing else. */
function callOf(span: string): SyntaxNode | undefined {
  let body: unknown
  try {
    body = parse('span.ts', span)['body']
  } catch {
    return undefined
  }
  const [statement, more] = Array.isArray(body) ? body.filter(isNode) : []
  const expression = more === undefined ? statement?.['expression'] : undefined
  if (!isNode(expression) || expression.type !== 'CallExpression') return undefined
  let hasValue = false
  walk(expression, (node) => {
    hasValue ||= node.type === 'Literal'
  })
  return hasValue ? expression : undefined
}

/** What a node says, wherever it stands. */
function shapeOf(node: SyntaxNode): string {
  return JSON.stringify(node, (key, value: unknown) =>
    ['start', 'end', 'range', 'loc', 'raw', 'parent'].includes(key) ? undefined : value,
  )
}
