import type { Compiler } from './compilers.js'

/** One way in which a user's `tsconfig.json` may be written. */
export interface Project {
  readonly name: string
  /** The folder of samples that it compiles. */
  readonly samples: 'node' | 'browser' | 'commonjs'
  readonly compilerOptions: Readonly<Record<string, unknown>>
}

/**
 * Every combination that changes what a declaration means; of a compiler between others, every pair of settings. Libraries
 * are checked: `skipLibCheck` hides mistakes.
 */
export function projects({ commonJs, isBetween = false }: Compiler): Project[] {
  const found: Project[] = []
  for (const samples of ['node', 'browser'] as const) {
    for (const module of ['NodeNext', 'Bundler'] as const) {
      for (const dom of samples === 'node' ? [true, false] : [true]) {
        for (const exact of isBetween ? [(module === 'NodeNext') === dom] : [true, false])
          found.push(project(samples, module, dom, exact))
      }
    }
  }
  if (commonJs)
    found.push(project('commonjs', 'NodeNext', true, false), project('commonjs', 'NodeNext', false, true))
  return found
}

function project(
  samples: Project['samples'],
  module: 'NodeNext' | 'Bundler',
  dom: boolean,
  exact: boolean,
): Project {
  const name = [
    samples,
    module,
    dom ? 'with the DOM' : 'without the DOM',
    exact ? 'exact optional properties' : 'loose optional properties',
  ].join(', ')
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: 'es2022',
    lib: ['es2022', ...(dom ? ['dom', 'dom.iterable'] : [])],
    module: module === 'NodeNext' ? 'nodenext' : 'esnext',
    moduleResolution: module,
    exactOptionalPropertyTypes: exact,
    skipLibCheck: false,
    types: samples === 'browser' ? [] : ['node'],
  }
  return { name, samples, compilerOptions }
}
