import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import type { SagaCommandOptions } from './saga-command-options.js'
import { withSagas } from './with-sagas.js'

const isParked = (status: string): boolean => status === 'compensation-failed'

/** Why a saga with a status would hear of it and do nothing; of one that has ended the store says so. */
const inVain: Readonly<Record<'retry' | 'cancel' | 'resume', (status: string) => string | undefined>> = {
  retry: (status) =>
    isParked(status) ? 'it is parked, since a compensation has failed; resume takes it up' : undefined,
  cancel: (status) => {
    if (isParked(status)) return 'it has turned back, and is parked; resume takes it up'
    return status === 'compensating' ? 'it has turned back already' : undefined
  },
  resume: (status) =>
    status === 'running' || status === 'compensating'
      ? `it is ${status}; only one whose compensation has failed is taken up again`
      : undefined,
}

/** Asks something of a saga: whichever service runs it does it. */
export async function askSaga(
  action: 'retry' | 'cancel' | 'resume',
  id: string,
  options: SagaCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return await withSagas(options, terminal, async (engine) => {
    const found = await engine.find(id)
    const why = found === undefined ? undefined : inVain[action](found.status)
    if (why !== undefined)
      throw new CommandError(`cannot ${action} saga ${id}: ${why}`, {
        code: 'WT_USAGE',
        exitCode: EXIT.usage,
      })
    if (action === 'retry') await engine.retryNow(id)
    else if (action === 'cancel') await engine.cancel(id, options.reason)
    else await engine.resume(id)
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, id, asked: action }))
    else out.write(`saga ${id} is told to ${action}\n`)
    return EXIT.ok
  })
}
