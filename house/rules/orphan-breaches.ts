import { isTest } from '../layers.js'
import { resolveImport, type SourceModule } from '../source-module.js'
import { valueOf, walk } from '../syntax.js'

export function orphanBreaches(modules: readonly SourceModule[], entries: readonly string[]): string[] {
  const used = new Set(entries)
  const paths = new Set(modules.map(({ path }) => path))
  for (const module of modules) {
    if (isTest(module.path)) continue
    walk(module.program, (node) => {
      // A program that another file starts is named by a relative path: `new URL('./worker.js', import.meta.url)`.
      const name = node.type === 'Literal' ? valueOf(node) : undefined
      if (name?.startsWith('.') === true && name.endsWith('.js'))
        used.add(resolveImport(module.path, name, paths))
    })
  }
  return modules
    .filter(
      ({ path }) =>
        /^((packages|examples)\/[^/]+|conformance)\/src\//.test(path) && !isTest(path) && !used.has(path),
    )
    .map(({ path }) => `${path} is imported by nothing but tests: wire it in or remove it`)
}
