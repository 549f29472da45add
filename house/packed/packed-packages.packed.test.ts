import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { packageManifest, reportedExports } from '../package-manifest.js'
import { root } from '../sources.js'
import { compilers } from './compilers.js'
import { followReadme } from './follow-readme.js'
import { projects } from './projects.js'

const run = promisify(execFile)
const folder = inject('packedFolder')

const compile = async (alias: string): Promise<Record<string, string>> => {
  const program = join(root, 'house/dist/packed/compile-projects.js')
  const { stdout } = await run(process.execPath, [program, alias, folder], { maxBuffer: 2 ** 24 })
  return JSON.parse(stdout) as Record<string, string>
}

/** Two at a time: the native compiler last, for it takes every core that there is. */
const compiled = new Map<string, Promise<Record<string, string>>>()
const lanes = [Promise.resolve(), Promise.resolve()]
for (const [index, { alias }] of compilers.entries()) {
  const lane = index % lanes.length
  const result = (lanes[lane] ?? Promise.resolve()).then(() => compile(alias))
  compiled.set(alias, result)
  lanes[lane] = result.then(
    () => undefined,
    () => undefined,
  )
}

describe.each(compilers)('TypeScript $version compiles the packed packages', (compiler) => {
  it.each(projects(compiler))('$name', { timeout: 900_000 }, async ({ name }) => {
    expect((await compiled.get(compiler.alias))?.[name]).toBe('')
  })
})

const packages = readdirSync(join(root, 'packages')).map((name) => ({
  name: packageManifest(join(root, 'packages', name)).name,
  specifiers: reportedExports(packageManifest(join(root, 'packages', name))),
}))

it('every subpath can be required by CommonJS', { timeout: 60_000 }, async () => {
  const { stderr } = await run(process.execPath, [join(folder, 'commonjs/require.cjs')])
  expect(stderr).toBe('')
})

it('the packed command starts', { timeout: 60_000 }, async () => {
  const { stdout } = await run(join(folder, 'node_modules/.bin/watertight'), ['--version'])
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/)
})

it(
  'the README of the command leads from an empty folder to a resilient call',
  { timeout: 240_000 },
  async () => {
    expect(await followReadme()).toContain('200 answered at request 2\n')
  },
)

describe.each(packages)('the archive of $name', ({ name, specifiers }) => {
  const installed = join(folder, 'node_modules', name)
  const isCommand = specifiers.length === 0

  it('holds the licence and a README with what a user must know before installing', () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8')
    const said = {
      licence:
        readFileSync(join(installed, 'LICENSE'), 'utf8') === readFileSync(join(root, 'LICENSE'), 'utf8'),
      install: new RegExp(`npm install (--save-dev )?${name}\n`).test(readme),
      node: /Node 20\.19/.test(readme),
      // A command and nothing else has no types and is never imported.
      typescript: isCommand || /TypeScript 5\.4/.test(readme),
      modules: isCommand || readme.includes('## Module systems'),
    }
    expect(said).toEqual({ licence: true, install: true, node: true, typescript: true, modules: true })
  })

  it('holds every document that its documents link to', () => {
    const documents = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.md') && !path.includes('node_modules'),
    )
    const missing = documents.flatMap((path) =>
      linksOf(readFileSync(join(installed, path), 'utf8'))
        .filter((link) => !existsSync(join(installed, dirname(path), link)))
        .map((link) => `${path} links to ${link}`),
    )
    expect(missing).toEqual([])
  })

  it('holds no test and no test double', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files.filter((path) => /\.test\.|tsbuildinfo/.test(path))).toEqual([])
  })
})

/** Links inside of the package: paths, without the section that they point at. */
function linksOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^(https?:|#|mailto:)/.test(link))
    .map((link) => link.replace(/#.*$/, ''))
}
