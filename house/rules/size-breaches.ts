import type { SourceModule } from '../source-module.js'
import { lineAt, nameOf, walk } from '../syntax.js'

const fileLinesMax = 400
const functionLinesMax = 70

export function sizeBreaches({ path, text, program }: SourceModule): string[] {
  const found: string[] = []
  const lines = text.trimEnd().split('\n').length
  if (lines > fileLinesMax)
    found.push(`${path} has ${lines} lines: at most ${fileLinesMax}, split it by concept`)
  walk(program, (node, parent) => {
    // A `describe` is a chapter, not a function: its tests are measured one by one.
    if (!/Function/.test(node.type) || nameOf(parent?.['callee']) === 'describe') return
    const first = lineAt(text, node.start)
    const length = lineAt(text, node.end) - first + 1
    if (length > functionLinesMax)
      found.push(`${path}:${first} is a function of ${length} lines: at most ${functionLinesMax}`)
  })
  return found
}
