import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageManifest, reportedExports } from './package-manifest.js'
import { root } from './sources.js'
import { isNode, nameOf, parse, parseComments, valueOf, walk, type SyntaxNode } from './syntax.js'

/** One declaration of a compiled package: where it stands, its name there, and its text without comments. */
export interface Declaration {
  readonly key: string
  readonly text: string
  /** What its text mentions of the same package. */
  readonly mentions: readonly Declaration[]
}

interface Scope {
  readonly file: string
  readonly declared: Map<string, SyntaxNode>
  readonly imported: Map<string, { file: string; name: string }>
  readonly exported: Map<string, { file: string; name: string }>
}

/** Follows the exports of `.d.ts` files to the declarations behind them. Each file is read once. */
export class Declarations {
  readonly #scopes = new Map<string, Scope>()
  readonly #found = new Map<string, Declaration>()

  /** The public names of a `.d.ts` file, sorted, each with its declaration. */
  exportsOf(file: string): [name: string, declaration: Declaration][] {
    const names = [...this.#scope(file).exported.keys()].sort((a, b) => (a < b ? -1 : 1))
    return names.flatMap((name) => {
      const declaration = this.#follow(file, name)
      if (declaration === undefined)
        throw new Error(`cannot report ${name} of ${file}: its declaration is not in the package`)
      return [[name, declaration]]
    })
  }

  #follow(file: string, name: string): Declaration | undefined {
    const scope = this.#scope(file)
    const next = scope.exported.get(name)
    if (next !== undefined && (next.file !== file || next.name !== name))
      return this.#follow(next.file, next.name)
    return this.#lookUp(scope, name)
  }

  /** What a name means inside a file: declared there, or imported. */
  #lookUp(scope: Scope, name: string): Declaration | undefined {
    const node = scope.declared.get(name)
    if (node !== undefined) return this.#declaration(scope, name, node)
    const origin = scope.imported.get(name)
    return origin === undefined ? undefined : this.#follow(origin.file, origin.name)
  }

  #declaration(scope: Scope, name: string, node: SyntaxNode): Declaration {
    const key = `${scope.file}#${name}`
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const mentions: Declaration[] = []
    const declaration: Declaration = { key, text: textOf(scope.file, node), mentions }
    this.#found.set(key, declaration)
    walk(node, (inner) => {
      const mentioned = inner.type === 'Identifier' ? this.#lookUp(scope, nameOf(inner) ?? '') : undefined
      if (mentioned !== undefined && mentioned !== declaration) mentions.push(mentioned)
    })
    return declaration
  }

  #scope(file: string): Scope {
    const known = this.#scopes.get(file)
    if (known !== undefined) return known
    const scope: Scope = { file, declared: new Map(), imported: new Map(), exported: new Map() }
    this.#scopes.set(file, scope)
    const body = parse(file, readFileSync(file, 'utf8'))['body']
    for (const statement of Array.isArray(body) ? body.filter(isNode) : []) this.#read(scope, statement)
    return scope
  }

  #read(scope: Scope, statement: SyntaxNode): void {
    const source = valueOf(statement['source'])
    const from = source === undefined ? undefined : declarationsOf(scope.file, source, statement)
    if (statement.type === 'ExportAllDeclaration' && from !== undefined)
      for (const name of this.#scope(from).exported.keys()) scope.exported.set(name, { file: from, name })
    for (const specifier of specifiersOf(statement)) {
      const local = nameOf(specifier['local']) ?? ''
      if (statement.type === 'ImportDeclaration') {
        if (from !== undefined)
          scope.imported.set(local, { file: from, name: nameOf(specifier['imported']) ?? local })
      } else {
        scope.exported.set(nameOf(specifier['exported']) ?? local, { file: from ?? scope.file, name: local })
      }
    }
    const inner = isNode(statement['declaration']) ? statement['declaration'] : statement
    for (const name of declaredNames(inner)) {
      scope.declared.set(name, statement)
      if (inner !== statement) scope.exported.set(name, { file: scope.file, name })
    }
  }
}

/**
 * The `.d.ts` file behind a source. Another package of the house is followed only where its names are handed on: they
 * are part of the interface then, while what is merely mentioned of it stands in its own report.
 */
function declarationsOf(file: string, source: string, statement: SyntaxNode): string | undefined {
  if (source.startsWith('.')) return join(dirname(file), source.replace(/\.js$/, '.d.ts'))
  const name = /^@watertight\/([^/]+)/.exec(source)?.[1]
  if (name === undefined || statement.type === 'ImportDeclaration') return undefined
  const folder = join(root, 'packages', name)
  const found = reportedExports(packageManifest(folder)).find(({ specifier }) => specifier === source)
  if (found === undefined)
    throw new Error(`cannot report ${source}: it must be an export of packages/${name}`)
  return join(folder, found.types)
}

function specifiersOf(statement: SyntaxNode): SyntaxNode[] {
  const specifiers = statement['specifiers']
  return Array.isArray(specifiers) ? specifiers.filter(isNode) : []
}

function declaredNames(declaration: SyntaxNode): string[] {
  const declarators = declaration['declarations']
  const declared = Array.isArray(declarators) ? declarators.filter(isNode) : [declaration]
  return declared.flatMap((node) => nameOf(node['id']) ?? [])
}

/** Comments are left out: they may be improved without a review of the interface. */
function textOf(file: string, node: SyntaxNode): string {
  const text = readFileSync(file, 'utf8')
  let kept = ''
  let at = node.start
  for (const comment of parseComments(file, text)) {
    if (comment.start < node.start || comment.end > node.end) continue
    kept += text.slice(at, comment.start)
    at = comment.end
  }
  const lines = (kept + text.slice(at, node.end)).split('\n').map((line) => line.trimEnd())
  return lines.filter((line) => line !== '' && line.trim() !== '#private;').join('\n')
}
