import { CommandError } from '../program/command-error.js'
import { diskTrouble } from '../program/disk-trouble.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'

const HINTS: Readonly<Record<string, string>> = {
  WT_AUTHORITY_EXISTS:
    'watertight certs rotate --authority makes a new one beside it; certs issue only issues',
  WT_NO_AUTHORITY: 'watertight certs init makes one',
}

/** Does the work of a command on certificates; what its folder or its disk refuses is said in one sentence. */
export async function explainingFailures(work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work()
  } catch (error) {
    throw explained(error)
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CommandError) return error
  const { code = '', path } = error as NodeJS.ErrnoException
  const hint = HINTS[code]
  if (error.name === 'CertificateError' || error instanceof RangeError) {
    return failure(error.message, code === '' ? 'WT_USAGE' : code, error, hint)
  }
  const reason = diskTrouble(error)
  return reason === undefined
    ? error
    : failure(`cannot use the certificates in ${path ?? 'that folder'}: ${reason}`, 'WT_CANNOT_WRITE', error)
}

function failure(message: string, code: string, cause: Error, hint?: string): CommandError {
  return new CommandError(message, {
    code,
    exitCode: EXIT.usage,
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}
