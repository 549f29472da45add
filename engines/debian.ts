import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { EngineError, type Engine } from './engine.js'
import { linkProgram } from './link-program.js'
import { runTool, type ToolResult } from './run-tool.js'

const DOWNLOAD_MS = 300_000
const UNPACK_MS = 120_000

export interface DebianEngineOptions {
  readonly name: string
  readonly packageName: string
  /** Programs and where they lie in the package: `{ promtool: 'usr/bin/promtool' }`. */
  readonly programs: Readonly<Record<string, string>>
  /** Packages of shared libraries that it needs and a bare machine does not have; they lie beside it. */
  readonly libraries?: readonly string[]
  /**
   * A folder of the package that its programs look for at `/`, whatever they are told. Where it is not there, starting a program
   * makes a link to the unpacked one, which takes root; nothing else of the system changes.
   */
  readonly absoluteFolder?: string
  readonly versionArguments?: readonly string[]
  readonly versionExitCode?: number
}

/**
 * An engine out of a Debian package, which is downloaded and unpacked but not installed: the system stays as it is, no
 * service is started, and nobody needs to be root.
 */
export function debianEngine(options: DebianEngineOptions): Engine {
  const { name, packageName, programs, libraries = [], absoluteFolder } = options
  const { versionArguments = ['--version'] } = options
  return {
    name,
    programs: Object.keys(programs),
    source: `Debian package ${packageName}`,
    versionArguments,
    versionExitCode: options.versionExitCode ?? 0,
    install: async (folder) => {
      await mkdir(join(folder, 'bin'), { recursive: true })
      // Inside the folder, so that the move into place is one step on one file system.
      const workplace = await mkdtemp(join(folder, `${name}-`))
      try {
        const unpacked = join(workplace, 'unpacked')
        for (const wanted of [packageName, ...libraries]) await unpack(wanted, workplace, unpacked)
        const home = join(folder, name)
        await rm(home, { recursive: true, force: true })
        await rename(unpacked, home)
        const isWrapped = libraries.length > 0 || absoluteFolder !== undefined
        for (const [program, path] of Object.entries(programs)) {
          const [target, place] = [join(home, path), join(folder, 'bin', program)]
          await (isWrapped ? wrapProgram(target, place, absoluteFolder) : linkProgram(target, place))
        }
      } finally {
        await rm(workplace, { recursive: true, force: true })
      }
    },
  }
}

async function unpack(packageName: string, workplace: string, unpacked: string): Promise<void> {
  await download(packageName, workplace)
  const archive = (await readdir(workplace)).find((file) => file.startsWith(`${packageName}_`))
  if (archive === undefined)
    throw new EngineError(`cannot install ${packageName}: apt-get left no package behind`)
  const result = await runTool('dpkg', ['-x', join(workplace, archive), unpacked], { deadlineMs: UNPACK_MS })
  if (result.exitCode !== 0) throw failure(packageName, 'dpkg cannot unpack it', result)
}

async function download(packageName: string, workplace: string): Promise<void> {
  const fetchPackage = (): Promise<ToolResult> =>
    runTool('apt-get', ['download', '--quiet', packageName], { cwd: workplace, deadlineMs: DOWNLOAD_MS })
  const first = await fetchPackage()
  if (first.exitCode === 0) return
  if (first.exitCode === 127) throw failure(packageName, 'this machine has no apt-get', first)
  // A machine that was just made has no package lists, and one left alone has lists of files that are gone.
  if (process.getuid?.() !== 0) {
    throw failure(packageName, 'apt-get cannot find it; `apt-get update`, as root, may help', first)
  }
  const update = await runTool('apt-get', ['update', '--quiet'], { deadlineMs: DOWNLOAD_MS })
  if (update.exitCode !== 0) throw failure(packageName, 'apt-get cannot update its lists', update)
  const second = await fetchPackage()
  if (second.exitCode !== 0) throw failure(packageName, 'apt-get cannot download it', second)
}

function failure(packageName: string, reason: string, { output }: ToolResult): EngineError {
  const advice = 'or put its programs on PATH by other means'
  return new EngineError(`cannot install ${packageName}: ${reason}, ${advice}\n${output}`)
}

// A program that is not installed does not find what lies beside it, so it is started through a script.
async function wrapProgram(target: string, path: string, absoluteFolder?: string): Promise<void> {
  const home = relative(dirname(path), target)
  const script = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
home=$here/${home.slice(0, home.indexOf('/usr/'))}
LD_LIBRARY_PATH=$(echo "$home"/usr/lib/*-linux-*)\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
${absoluteFolder === undefined ? '' : linkLine(absoluteFolder)}exec "$here/${home}" "$@"
`
  await rm(path, { force: true })
  await writeFile(path, script)
  await chmod(path, 0o755)
}

const linkLine = (folder: string): string =>
  `[ -e /${folder} ] || { mkdir -p /${folder.slice(0, folder.lastIndexOf('/'))} && ln -sfn "$(readlink -f "$home")/${folder}" /${folder}; } || exit 1
`
