import type { SourceFile } from './sources.js'
import { importsOf, parse, type SyntaxNode } from './syntax.js'

/** A source file with its syntax and with what it imports. */
export interface SourceModule {
  readonly path: string
  readonly text: string
  readonly program: SyntaxNode
  /** Paths inside the repository that this file imports, resolved. */
  readonly local: readonly string[]
  /** Every module name, as written. */
  readonly names: readonly string[]
}

/** `paths` are all files of the repository: what else is imported lies outside of it. */
export function readModule({ path, text }: SourceFile, paths: ReadonlySet<string>): SourceModule {
  const program = parse(path, text)
  const names = [...new Set(importsOf(program).map(({ name }) => name))]
  const local = names.map((name) => resolveImport(path, name, paths)).filter((to) => paths.has(to))
  return { path, text, program, names, local: [...new Set(local)] }
}

/** The path of the source file that a relative name means: `.ts`, or `.tsx` where that is the one there is. */
export function resolveImport(from: string, name: string, paths: ReadonlySet<string>): string {
  if (!name.startsWith('.')) return name
  const path = new URL(name, `file:///${from}`).pathname.slice(1).replace(/\.js$/, '.ts')
  return paths.has(`${path}x`) ? `${path}x` : path
}
