import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Declarations } from './declarations.js'
import type { Example } from './example.js'
import { packageManifest, reportedExports } from './package-manifest.js'
import { root, type SourceFile } from './sources.js'
import { freeName, isNode, lineAt, nameOf, parse, walk, type SyntaxNode } from './syntax.js'

/** How a public name is imported. */
interface PublicName {
  readonly specifier: string
  readonly typeOnly: boolean
}

/**
 * The `@example` blocks of what packages export. Such a block is code of its own: it imports what it needs, save
 * the public names of its own package, which are imported for it. A block in a fence of `ts no-run` is compiled only.
 */
export function documentedExamples(files: readonly SourceFile[]): Example[] {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const names = publicNames(join(root, 'packages', name))
    return files
      .filter(({ path }) => path.startsWith(`packages/${name}/src/`) && /(?<!\.test)\.ts$/.test(path))
      .flatMap((file) => examplesIn(file, names))
  })
}

function publicNames(folder: string): Map<string, PublicName> {
  const declarations = new Declarations()
  const names = new Map<string, PublicName>()
  for (const { specifier, types } of reportedExports(packageManifest(folder))) {
    for (const [name, { text }] of declarations.exportsOf(join(folder, types))) {
      const typeOnly = /^(export )?(declare )?(interface|type) /.test(text)
      if (!names.has(name)) names.set(name, { specifier, typeOnly })
    }
  }
  return names
}

/** A comment with an example, and the name that it documents. */
const documented =
  /\/\*\*((?:(?!\*\/)[^])*@example(?:(?!\*\/)[^])*)\*\/\s*export (?:declare |abstract |async )*\w+ (\w+)/g

function examplesIn({ path, text }: SourceFile, names: ReadonlyMap<string, PublicName>): Example[] {
  return [...text.matchAll(documented)]
    .filter((match) => names.has(match[2] ?? ''))
    .map((match) => {
      const { code, runs } = blockOf(match[1] ?? '')
      const place = `${path}:${lineAt(text, match.index)} (${match[2]})`
      return { place, code: `${importsFor(place, code, names)}\n${code}`, runs }
    })
}

/** The code of an example: from its tag to the next one, without the stars of the comment. */
function blockOf(comment: string): { code: string; runs: boolean } {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''))
  const block = /(?:^|\n)@example[ \n]?([^]*?)(?=\n@\w|$)/.exec(lines.join('\n'))?.[1] ?? ''
  const fenced = /^\s*```ts( no-run)?\n([^]*?)^```/m.exec(block)
  if (fenced === null) return { code: block.trim(), runs: true }
  return { code: (fenced[2] ?? '').trim(), runs: fenced[1] === undefined }
}

function importsFor(place: string, code: string, names: ReadonlyMap<string, PublicName>): string {
  const used = new Set<string>()
  const own = new Set<string>()
  walk(parse(`${place}.ts`, code), (node, parent) => {
    const name = freeName(node, parent)
    if (name !== undefined) used.add(name)
    for (const bound of boundNames(node)) own.add(bound)
  })
  return [...used]
    .filter((name) => !own.has(name))
    .flatMap((name) => {
      const found = names.get(name)
      if (found === undefined) return []
      return [`import ${found.typeOnly ? 'type ' : ''}{ ${name} } from '${found.specifier}'`]
    })
    .join('\n')
}

/** Names that a node declares: variables, also of patterns, functions, classes and imports. */
function boundNames(node: SyntaxNode): string[] {
  if (/^Import\w*Specifier$/.test(node.type)) return [nameOf(node['local']) ?? '']
  if (!/^(VariableDeclarator|FunctionDeclaration|ClassDeclaration)$/.test(node.type)) return []
  const found: string[] = []
  const { id } = node
  // The type of a variable is not declared with it.
  if (isNode(id)) walk({ ...id, typeAnnotation: undefined }, (inner) => found.push(nameOf(inner) ?? ''))
  return found
}
