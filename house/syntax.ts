import { parseSync } from 'oxc-parser'

/** A syntax node as oxc-parser gives it (ESTree with TypeScript), seen only through what we read of it. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'
}

/** Parses one file; a syntax error is thrown with the file's path. */
export function parse(path: string, text: string): SyntaxNode {
  const { program, errors } = parseSync(path, text)
  const first = errors[0]
  if (first !== undefined) throw new Error(`cannot parse ${path}: ${first.message}`)
  return program as unknown as SyntaxNode
}

export function parseComments(path: string, text: string): readonly { start: number; end: number }[] {
  return parseSync(path, text).comments
}

function children(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flat().filter(isNode)
}

/** Calls `visit` for every node, parents first. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
  parent?: SyntaxNode,
): void {
  visit(node, parent)
  for (const child of children(node)) walk(child, visit, node)
}

export function nameOf(node: unknown): string | undefined {
  return isNode(node) && typeof node['name'] === 'string' ? node['name'] : undefined
}

export function valueOf(node: unknown): string | undefined {
  return isNode(node) && typeof node['value'] === 'string' ? node['value'] : undefined
}

/** The name of an identifier that stands for itself, not for a property, a parameter or a member. */
export function freeName(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type !== 'Identifier' || parent === undefined) return undefined
  const isKey = parent['key'] === node
  const isMember = parent['property'] === node && parent['computed'] !== true
  return isKey || isMember ? undefined : nameOf(node)
}

export interface Import {
  /** As written. */
  readonly name: string
  /** Erased by the compiler: `import type`, or a mention inside a type. */
  readonly typeOnly: boolean
}

/** What a file imports or re-exports, statically, by `import()` or inside a type. */
export function importsOf(program: SyntaxNode): Import[] {
  const found: Import[] = []
  walk(program, (node) => {
    const name = valueOf(node['source'])
    const kind = node['importKind'] ?? node['exportKind']
    if (name !== undefined) found.push({ name, typeOnly: kind === 'type' || node.type === 'TSImportType' })
  })
  return found
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
