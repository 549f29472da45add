import { Console, type ConsoleOptions, ConsolePortError } from '@watertight/console'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import { wrongWord } from '../program/wrong-word.js'

/** Opens a console; where its port is taken, says by which option another is named. */
export async function openConsole(options: ConsoleOptions, option: string): Promise<Console> {
  return await Console.open(options).catch((error: unknown) => {
    if (!(error instanceof ConsolePortError)) throw error
    throw new CommandError(error.message, {
      code: error.code,
      exitCode: EXIT.findings,
      hint: `name another by ${option}; 0 takes any free one`,
      cause: error,
    })
  })
}

/** The port that somebody has typed. */
export function consolePort(option: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw wrongWord(`cannot open the console: ${option} must be an integer from 0 to 65535, got ${text}`)
}
