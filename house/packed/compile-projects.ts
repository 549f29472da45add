import { execFile } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compilers } from './compilers.js'
import { projects, type Project } from './projects.js'

/** What is read of the compiler's interface, which is the same from 5.4 to 6.0. */
interface ClassicCompiler {
  convertCompilerOptionsFromJson(
    options: unknown,
    base: string,
  ): { options: Options; errors: readonly Diagnostic[] }
  createCompilerHost(options: Options): Host
  createProgram(input: { rootNames: readonly string[]; options: Options; host: Host }): Program
  formatDiagnostics(found: readonly Diagnostic[], host: Host): string
}
interface Options {
  readonly module: number
}
interface Diagnostic {
  readonly code: number
}
interface File {
  readonly fileName: string
}
interface Host {
  getSourceFile: (name: string, ...rest: readonly unknown[]) => File | undefined
}
interface Program {
  getSourceFiles(): readonly File[]
  getSyntacticDiagnostics(file: File): readonly Diagnostic[]
  getSemanticDiagnostics(file: File): readonly Diagnostic[]
  getGlobalDiagnostics(): readonly Diagnostic[]
}

/** Other people's declarations are theirs to mend. */
const isOurs = (path: string): boolean => !/node_modules\/(?!@?watertight\/)/.test(path)

/**
 * Compiles every project with one compiler and resolves to what it had to say about each, empty if all is well.
 * `folder` is a packed project.
 */
async function compileProjects(alias: string, folder: string): Promise<Record<string, string>> {
  const compiler = compilers.find((one) => one.alias === alias)
  if (compiler === undefined)
    throw new Error(`cannot compile: compiler must be one of the list, got ${alias}`)
  const compile = compiler.version.startsWith('7.') ? natively(alias, folder) : classically(alias, folder)
  const found: Record<string, string> = {}
  for (const project of projects(compiler)) found[project.name] = await compile(project)
  return found
}

/** In one process, which reads each declaration once and not once a project. */
function classically(alias: string, folder: string): (project: Project) => string {
  const compiler = createRequire(join(folder, 'package.json'))(alias) as ClassicCompiler
  const read = new Map<string, File | undefined>()
  return ({ samples, compilerOptions }) => {
    const { options, errors } = compiler.convertCompilerOptionsFromJson(compilerOptions, folder)
    const host = compiler.createCompilerHost(options)
    const readFile = host.getSourceFile.bind(host)
    host.getSourceFile = (name, ...rest) => {
      const key = `${options.module} ${name}`
      if (!read.has(key)) read.set(key, readFile(name, ...rest))
      return read.get(key)
    }
    const rootNames = readdirSync(join(folder, samples))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, samples, name))
    const program = compiler.createProgram({ rootNames, options, host })
    const found = program
      .getSourceFiles()
      .filter(({ fileName }) => isOurs(fileName))
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    return compiler.formatDiagnostics([...errors, ...program.getGlobalDiagnostics(), ...found], {
      ...host,
      getCurrentDirectory: () => folder,
    } as Host)
  }
}

/** The native compiler has no such interface; it is fast enough to be started anew. */
function natively(alias: string, folder: string): (project: Project) => Promise<string> {
  return async ({ samples, compilerOptions }) => {
    const config = join(folder, `${alias}.json`)
    writeFileSync(config, JSON.stringify({ compilerOptions, include: [`${samples}/*.ts`] }))
    const program = join(folder, 'node_modules', alias, 'bin/tsc')
    try {
      await promisify(execFile)(process.execPath, [program, '-p', config, '--pretty', 'false'], {
        cwd: folder,
      })
      return ''
    } catch (error) {
      const { stdout = String(error) } = error as { stdout?: string }
      const lines = stdout.split('\n')
      return lines.filter((line) => /^\S/.test(line) && isOurs(line)).join('\n')
    }
  }
}

const [, , alias = '', folder = ''] = process.argv
console.log(JSON.stringify(await compileProjects(alias, folder)))
