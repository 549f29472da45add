import { isNode, lineAt, parse, walk, type SyntaxNode } from './syntax.js'

/** One small fault that could be in a file: the text between two offsets, replaced. */
export interface Mutation {
  readonly line: number
  readonly start: number
  readonly end: number
  readonly replacement: string
}

const SWAPS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+=': '-=',
  '-=': '+=',
  '++': '--',
  '--': '++',
}

/**
 * Every mutation of a file that is tried: operators and bounds moved, constants one more, conditions that always and
 * never hold, statements left out, functions that answer nothing. Types, imports and texts are left alone.
 */
export function mutations(path: string, text: string): Mutation[] {
  const found: Mutation[] = []
  const add = (start: number, end: number, replacement: string): void => {
    if (text.slice(start, end) !== replacement)
      found.push({ line: lineAt(text, start), start, end, replacement })
  }
  walk(parse(path, text), (node, parent) => {
    mutateOperator(node, text, add)
    mutateStatement(node, add)
    if (node.type === 'Literal' && parent !== undefined && !isKeyOf(node, parent)) mutateConstant(node, add)
    const test = node['test']
    if (isNode(test) && test.type !== 'Literal') {
      if (node.type !== 'ForStatement' && node.type !== 'WhileStatement') add(test.start, test.end, 'true')
      add(test.start, test.end, 'false')
    }
    const body = node['body']
    if (/Function/.test(node.type) && isNode(body) && body.type === 'BlockStatement') {
      if ((body['body'] as unknown[]).length > 0 && !isConstructor(parent)) add(body.start, body.end, '{}')
    }
  })
  return found
}

type Add = (start: number, end: number, replacement: string) => void

function mutateOperator(node: SyntaxNode, text: string, add: Add): void {
  const operator = node['operator']
  if (typeof operator !== 'string' || node.type.startsWith('TS')) return
  const { left, right, argument } = node
  if (node.type === 'UnaryExpression') {
    if (operator === '!' && isNode(argument)) add(node.start, argument.start, '')
    return
  }
  const swapped = SWAPS[operator]
  if (swapped === undefined) return
  if (node.type === 'UpdateExpression') {
    const whole = text.slice(node.start, node.end)
    add(node.start, node.end, whole.replace(operator, swapped))
  } else if (isNode(left) && isNode(right)) {
    const at = text.indexOf(operator, left.end)
    if (at < right.start) add(at, at + operator.length, swapped)
  }
}

function mutateConstant(node: SyntaxNode, add: Add): void {
  const { value } = node
  if (typeof value === 'number') add(node.start, node.end, String(value + 1))
  else if (typeof value === 'boolean') add(node.start, node.end, String(!value))
}

function mutateStatement(node: SyntaxNode, add: Add): void {
  const { expression } = node
  if (node.type !== 'ExpressionStatement' || !isNode(expression)) return
  if (
    expression.type === 'CallExpression' &&
    isNode(expression['callee']) &&
    expression['callee'].type === 'Super'
  )
    return
  if (/^(Call|Assignment|Chain)Expression$/.test(expression.type)) add(node.start, node.end, ';')
}

function isConstructor(parent: SyntaxNode | undefined): boolean {
  return parent?.['kind'] === 'constructor'
}

/** Keys, and types such as `1 | 2`, are not values. */
function isKeyOf(node: SyntaxNode, parent: SyntaxNode): boolean {
  return parent.type.startsWith('TS') || (parent['key'] === node && parent['computed'] !== true)
}
