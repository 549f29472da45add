import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { documentedExamples } from './documented-examples.js'
import type { Example } from './example.js'
import { unexecutedCalls } from './unexecuted-calls.js'
import { markdownBlocks } from './markdown-blocks.js'
import { packageManifest } from './package-manifest.js'
import { unexecutedLines } from './unexecuted-lines.js'
import { root, sourceFiles, type SourceFile } from './sources.js'

const run = promisify(execFile)

/** An example that runs longer than this hangs. */
const deadlineMs = 30_000
const folder = join(root, '.readme-examples')
/** Most of an example's time is the start of its process. */
const lanes = 2

const isReadme = (path: string): boolean => /^([\w-]+\/){0,2}README\.md$/.test(path)
const isGuide = (path: string): boolean =>
  /^(docs\/((migration|how-to)\/)?|packages\/durable\/docs\/)[^/]+\.md$/.test(path)
/** Shows calls of other libraries beside ours. */
const isMigration = (path: string): boolean => path.startsWith('docs/migration/from-')

/** The `ts` blocks of a Markdown file, in order: all of them run. Those of `typescript` need servers, and are run by tests that have them. */
function examplesOf({ path, text }: SourceFile): Example[] {
  return markdownBlocks(text)
    .filter(({ language }) => language === 'ts' || language === 'typescript')
    .map(({ code, line, language }) => ({ place: `${path}:${line}`, code, runs: language === 'ts' }))
}

/** Whatever a README shows must have been run: blocks, calls within sentences, lines of a shell. */
function unexecuted(
  readmes: readonly SourceFile[],
  packages: readonly string[],
  files: readonly SourceFile[],
): string[] {
  const paths = new Set(files.map(({ path }) => path))
  // The packed packages are required by CommonJS, each of them.
  const required = packages.map((name) => `require('${name}')`)
  return readmes.flatMap((file) => [
    ...markdownBlocks(file.text)
      .filter(({ language, flags, file: name }) => flags !== '' || (language === 'js' && name === undefined))
      .map(
        ({ line }) => `${file.path}:${line} is code that is not run: write a \`ts\` block, or name its file`,
      ),
    ...unexecutedCalls(file, required),
    ...(hasTestOfItsOwn(file.path, paths) ? [] : unexecutedLines(file)),
  ])
}

/** Compiles every example of READMEs and of public interfaces under the build's own strictness, then runs them. */
export async function checkExamples(): Promise<string[]> {
  const files = sourceFiles()
  const readmes = files.filter(({ path }) => isReadme(path))
  const documents = [...readmes, ...files.filter(({ path }) => isGuide(path))]
  const never = unexecuted(
    documents.filter(({ path }) => !isMigration(path)),
    packageNames(),
    files,
  )
  if (never.length > 0) return never
  const examples = [...documents.flatMap(examplesOf), ...documentedExamples(files)]
  if (examples.length === 0) return ['no README holds an example']
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeNamedFiles(readmes)
  try {
    return await compileAndRun(examples)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether a test beside a README reads its commands out of it and runs them. */
const hasTestOfItsOwn = (readme: string, paths: ReadonlySet<string>): boolean =>
  ['readme.test.ts', 'readme.deep.test.ts'].some((test) =>
    paths.has(readme.replace('README.md', `test/${test}`)),
  )

const packageNames = (): string[] =>
  readdirSync(join(root, 'packages')).map((name) => packageManifest(join(root, 'packages', name)).name)

/** Files that a README shows beside its examples, where these look for them. */
function writeNamedFiles(readmes: readonly SourceFile[]): void {
  mkdirSync(join(folder, 'dist'))
  for (const { file, code } of readmes.flatMap(({ text }) => markdownBlocks(text)))
    if (file !== undefined) writeFileSync(join(folder, 'dist', file), code)
}

async function compileAndRun(examples: readonly Example[]): Promise<string[]> {
  const compilerOptions = { outDir: 'dist', rootDir: '.', noUnusedLocals: false, noUnusedParameters: false }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../tsconfig.base.json', compilerOptions }),
  )
  writeFileSync(join(folder, 'vitest.config.js'), "export default { test: { include: ['dist/*.js'] } }\n")
  examples.forEach(({ code }, index) => {
    writeFileSync(join(folder, `example-${index}.ts`), code)
  })
  const compiled = await failureOf(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    folder,
  ])
  if (compiled !== undefined) {
    const named = compiled.replace(
      /\S*example-(\d+)\.ts/g,
      (_path, index: string) => examples[Number(index)]?.place ?? '',
    )
    return [`examples do not compile (lines count from the start of each):\n${named}`]
  }
  const failures: string[] = []
  const waiting = [...examples.entries()].filter(([, { runs }]) => runs)
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { place, code }] = next
      const failure = await failureOf(process.execPath, programOf(index, code))
      if (failure !== undefined) failures.push(`${place} fails when run:\n${failure}`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return failures
}

/** Tests run under vitest, everything else alone. */
function programOf(index: number, code: string): string[] {
  const file = join('dist', `example-${index}.js`)
  if (!code.includes(" from 'vitest'")) return [join(folder, file)]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return [vitest, 'run', '--root', folder, '--config', join(folder, 'vitest.config.js'), file]
}

async function failureOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    await run(command, args, { cwd: root, timeout: deadlineMs })
    return undefined
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      killed,
    } = error as { stdout?: string; stderr?: string; killed?: boolean }
    return killed === true ? `still running after ${deadlineMs} ms` : `${stdout}${stderr}`
  }
}
