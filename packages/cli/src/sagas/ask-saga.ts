import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import type { SagaCommandOptions } from './saga-command-options.js'
import { withSagas } from './with-sagas.js'

/** Asks something of a saga: whichever service runs it does it. */
export async function askSaga(
  action: 'retry' | 'cancel' | 'resume',
  id: string,
  options: SagaCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return await withSagas(options, terminal, async (engine) => {
    if (action === 'retry') await engine.retryNow(id)
    else if (action === 'cancel') await engine.cancel(id, options.reason)
    else await engine.resume(id)
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, id, asked: action }))
    else out.write(`saga ${id} is told to ${action}\n`)
    return EXIT.ok
  })
}
