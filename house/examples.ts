import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { documentedExamples } from './documented-examples.js'
import type { Example } from './example.js'
import { root, sourceFiles, type SourceFile } from './sources.js'

const run = promisify(execFile)

/** An example that runs longer than this hangs. */
const deadlineMs = 30_000
const folder = join(root, '.readme-examples')
/** Most of an example's time is the start of its process. */
const lanes = 2

/** The `ts` blocks of a Markdown file, in order. */
function examplesOf({ path, text }: SourceFile): Example[] {
  return [...text.matchAll(/^```ts( no-run)?\n([^]*?)^```$/gm)].map((match) => ({
    place: `${path}:${text.slice(0, match.index).split('\n').length + 1}`,
    code: match[2] ?? '',
    runs: match[1] === undefined,
  }))
}

/** Compiles every example of READMEs and of public interfaces under the build's own strictness, then runs them. */
export async function checkExamples(): Promise<string[]> {
  const files = sourceFiles()
  const readmes = files.filter(({ path }) =>
    /^(packages\/[^/]+\/)?README\.md$|^docs\/migration\/[^/]+\.md$/.test(path),
  )
  const examples = [...readmes.flatMap(examplesOf), ...documentedExamples(files)]
  if (examples.length === 0) return ['no README holds an example']
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  try {
    return await compileAndRun(examples)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compileAndRun(examples: readonly Example[]): Promise<string[]> {
  const compilerOptions = { outDir: 'dist', rootDir: '.', noUnusedLocals: false, noUnusedParameters: false }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../tsconfig.base.json', compilerOptions }),
  )
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
      const [index, { place }] = next
      const failure = await failureOf(process.execPath, [join(folder, 'dist', `example-${index}.js`)])
      if (failure !== undefined) failures.push(`${place} fails when run:\n${failure}`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return failures
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
