import { Composer, type Document, Lexer, Parser } from 'yaml'
import type { Problem } from './problem.js'
import { SOURCE_LIMITS } from './source-limits.js'

type Composed = { readonly documents: Document[] } | { readonly problem: Problem }

/**
 * Runs lexer, parser and composer of the YAML library in step, so that nesting and length are refused as soon
 * as they are seen: the composer recurses, and unbounded nesting would end it with a stack overflow.
 */
export function composeYaml(text: string): Composed {
  const parser = new Parser()
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, version: '1.2' })
  const tokens = []
  let offset = 0
  let count = 0
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    count += 1
    if (parser.stack.length > SOURCE_LIMITS.depthMax * 2) return { problem: tooDeep(offset) }
    if (count > SOURCE_LIMITS.tokensMax) return { problem: tooLong(offset) }
    offset = parser.offset
  }
  for (const token of parser.end()) tokens.push(token)
  const documents: Document[] = []
  for (const token of tokens) documents.push(...(composer.next(token) as Iterable<Document>))
  documents.push(...(composer.end() as Iterable<Document>))
  return { documents }
}

function tooDeep(offset: number): Problem {
  return {
    code: 'WT-DOC-DEPTH',
    message: `cannot read manifest: at most ${SOURCE_LIMITS.depthMax} levels of nesting are allowed`,
    hint: 'flatten the document; a manifest needs fewer than ten levels',
    path: [],
    range: { start: offset, end: offset + 1 },
  }
}

function tooLong(offset: number): Problem {
  return {
    code: 'WT-DOC-SIZE',
    message: `cannot read manifest: at most ${SOURCE_LIMITS.tokensMax} YAML tokens are allowed`,
    hint: 'split the system, or name policies once and refer to them',
    path: [],
    range: { start: offset, end: offset + 1 },
  }
}
