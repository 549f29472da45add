import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'

/** Why a port could not be had. */
export function cannotListen(error: unknown): CommandError {
  const { code, port, message } = error as NodeJS.ErrnoException & { readonly port?: number }
  const why =
    code === 'EADDRINUSE'
      ? `port ${port} is in use`
      : code === 'EACCES'
        ? `port ${port} needs a right that this process does not have`
        : message
  return new CommandError(`cannot run a proxy: ${why}`, {
    code: 'WT_PORT',
    exitCode: EXIT.findings,
    cause: error,
  })
}
