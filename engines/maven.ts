import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError, type Engine } from './engine.js'
import { runTool } from './run-tool.js'

const DOWNLOAD_MS = 300_000

export interface MavenEngineOptions {
  readonly name: string
  /** `group:artifact:version`; the first is the engine, with all that it depends on. */
  readonly artifacts: readonly [string, ...string[]]
  /** Programs by the class whose `main` they are. */
  readonly programs: Readonly<Record<string, string>>
}

/** An engine that Maven brings as Java classes; it needs a Java to run. */
export function mavenEngine({ name, artifacts, programs }: MavenEngineOptions): Engine {
  return {
    name,
    programs: Object.keys(programs),
    source: `Maven package ${artifacts[0]}`,
    versionArguments: ['--version'],
    install: async (folder) => {
      await mkdir(join(folder, 'bin'), { recursive: true })
      const workplace = await mkdtemp(join(folder, `${name}-`))
      try {
        await writeFile(join(workplace, 'pom.xml'), project(artifacts))
        const copied = join(workplace, 'lib')
        const options = ['--quiet', '--batch-mode', `-DoutputDirectory=${copied}`]
        const mavenArguments = [...options, 'dependency:copy-dependencies']
        const result = await runTool('mvn', mavenArguments, { cwd: workplace, deadlineMs: DOWNLOAD_MS })
        if (result.exitCode !== 0) {
          const advice = 'install Java 17 and Maven, or put its programs on PATH by other means'
          throw new EngineError(`cannot install ${artifacts[0]}: mvn failed, ${advice}\n${result.output}`)
        }
        const home = join(folder, name)
        await rm(home, { recursive: true, force: true })
        await mkdir(home)
        await rename(copied, join(home, 'lib'))
        for (const [program, mainClass] of Object.entries(programs)) {
          await writeProgram(join(folder, 'bin', program), {
            name,
            mainClass,
            version: versionOf(artifacts[0]),
          })
        }
      } finally {
        await rm(workplace, { recursive: true, force: true })
      }
    },
  }
}

function project(artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, id, version] = artifact.split(':')
    return `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>dev.watertight</groupId><artifactId>engine</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies>
</project>
`
}

const versionOf = (artifact: string): string => artifact.slice(artifact.lastIndexOf(':') + 1)

interface Program {
  readonly name: string
  readonly mainClass: string
  readonly version: string
}

/** Asked for its version it only looks for a Java: its own classes take seconds to load. */
async function writeProgram(path: string, { name, mainClass, version }: Program): Promise<void> {
  const script = `#!/bin/sh
if [ "$1" = --version ]; then java -version > /dev/null 2>&1 && echo ${version}; exit; fi
here=$(dirname "$(readlink -f "$0")")
exec java $JAVA_OPTS -cp "$here/../${name}/lib/*" ${mainClass} "$@"
`
  await rm(path, { force: true })
  await writeFile(path, script)
  await chmod(path, 0o755)
}
