import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { oneLine, renderTable } from '../stores/render-table.js'
import type { SagaCommandOptions } from './saga-command-options.js'
import { sagaJson } from './saga-json.js'
import { withSagas } from './with-sagas.js'

/** Shows a saga and what has happened to it. */
export async function showSaga(
  id: string,
  options: SagaCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return await withSagas(options, terminal, async (engine) => {
    const saga = await engine.find(id)
    if (saga === undefined) {
      throw new CommandError(`cannot show saga ${id}: there is none with this id`, {
        code: 'WT_SAGA_UNKNOWN',
        exitCode: EXIT.usage,
        hint: 'watertight saga list shows which there are',
      })
    }
    const { out } = terminal
    if (options.json === true) {
      out.write(jsonText({ schemaVersion: 1, saga: sagaJson(saga), timeline: saga.timeline }))
      return EXIT.ok
    }
    const { name, version, status, key, dueAt } = saga
    out.write(
      `${out.colours.bold(oneLine(id))}  ${oneLine(name)} v${version}  ${status}  key ${oneLine(key ?? '-')}\n`,
    )
    if (dueAt !== undefined) out.write(`looked at next at ${dueAt.toISOString()}\n`)
    const rows = saga.timeline.map(({ at, what, step, detail }) =>
      [new Date(at).toISOString(), what, step ?? '-', detail ?? ''].map(oneLine),
    )
    if (rows.length > 0) out.write(`\n${renderTable(rows, out.columns)}`)
    return EXIT.ok
  })
}
