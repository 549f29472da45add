import { dirname, join, resolve } from 'node:path'
import { ControlClient, RefusedByRunError } from '@watertight/supervisor'
import { locateDocument, shownPath } from '../document/load-document.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface RunCommandOptions {
  readonly manifest?: string
  /** Where the run keeps what it needs. */
  readonly folder?: string
  /** The profiles that it was started with, divided by commas. */
  readonly profile?: string
  readonly lines?: string
  readonly follow?: boolean
  readonly json?: boolean
}

/** Where `watertight up` keeps what a run needs: apart for each profile, since their data is not the same. */
export function runFolderOf(
  { manifest, folder, profile }: Pick<RunCommandOptions, 'manifest' | 'folder' | 'profile'>,
  terminal: Terminal,
): string {
  if (folder !== undefined) return resolve(terminal.cwd, folder)
  const own = profile === undefined ? '' : `-${profile.replaceAll(/\s*,\s*/g, '+')}`
  return join(dirname(locateDocument(manifest, terminal)), `.watertight${own}`)
}

/** Speaks to the run of a document; says so when there is none, or when it refuses. */
export async function withRun(
  options: RunCommandOptions,
  terminal: Terminal,
  work: (run: ControlClient) => Promise<ExitCode>,
): Promise<ExitCode> {
  const folder = runFolderOf(options, terminal)
  const run = await ControlClient.find(folder)
  if (run === undefined) {
    throw new CommandError(`cannot reach the system: nothing runs in ${shownPath(folder, terminal)}`, {
      code: 'WT_NOT_RUNNING',
      exitCode: EXIT.engineUnreachable,
      hint: 'watertight up starts it',
    })
  }
  return await work(run).catch((error: unknown) => {
    if (!(error instanceof RefusedByRunError)) throw error
    const { message, code } = error
    throw new CommandError(message, { code, exitCode: EXIT.usage, cause: error })
  })
}
