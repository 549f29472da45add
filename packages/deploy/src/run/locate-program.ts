import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The path of a program: in `bin/` of the folder for engines (`WATERTIGHT_ENGINES`, else `~/.cache/watertight/engines`),
 * else the first on `PATH`; undefined when it is nowhere.
 */
export function locateProgram(program: string, environment: Environment = process.env): string | undefined {
  const named = environment['WATERTIGHT_ENGINES'] ?? ''
  const engines =
    named === '' ? join(environment['HOME'] ?? homedir(), '.cache/watertight/engines') : resolve(named)
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return [join(engines, 'bin'), ...onPath].map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
