import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** The folder that engines are installed into: `WATERTIGHT_ENGINES`, else `~/.cache/watertight/engines`. */
export function enginesFolder(environment: Environment = process.env): string {
  const named = environment['WATERTIGHT_ENGINES']
  if (named !== undefined && named !== '') return resolve(named)
  return join(environment['HOME'] ?? homedir(), '.cache', 'watertight', 'engines')
}

/** The path of a program: in `bin/` of the engines' folder, else the first on `PATH`; undefined when it is nowhere. */
export function locateProgram(program: string, environment: Environment = process.env): string | undefined {
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return [join(enginesFolder(environment), 'bin'), ...onPath]
    .map((folder) => join(folder, program))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
