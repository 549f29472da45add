import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's folder, wherever this file runs from: `house/` under vitest, `house/dist/` under node. */
export const root: string = findRoot(dirname(fileURLToPath(import.meta.url)))

const program = /\/main\.tsx?$|^examples\/[^/]+\/src\/services\/[^/]+\.ts$/

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Every text file that git tracks or would track. */
export function sourceFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\0')
    .filter((path) => path !== '' && path !== 'package-lock.json' && !/\.(png|webp|ico|woff2)$/.test(path))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Files that something outside the source tree starts: what packages export, `main.ts`, and examples' services. */
export function entryFiles(files: readonly SourceFile[]): string[] {
  const exported = files
    .filter(({ path }) => /^packages\/[^/]+\/package\.json$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/"\.\/dist\/([^"*]+)\.js"/g)].map((match) => `${dirname(path)}/src/${match[1]}.ts`),
    )
  return [...exported, ...files.map(({ path }) => path).filter((path) => program.test(path))]
}

function findRoot(folder: string): string {
  return existsSync(join(folder, '.oxlintrc.json')) ? folder : findRoot(dirname(folder))
}
