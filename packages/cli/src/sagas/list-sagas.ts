import type { SagaStatus } from '@watertight/durable'
import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { limitOf } from '../events/events-options.js'
import { oneLine, renderTable } from '../stores/render-table.js'
import type { SagaCommandOptions } from './saga-command-options.js'
import { sagaJson } from './saga-json.js'
import { withSagas } from './with-sagas.js'

/** Lists sagas. */
export async function listSagas(options: SagaCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { name, key } = options
  const status = statusOf(options)
  const limit = limitOf(options, 1_000)
  return await withSagas(options, terminal, async (engine) => {
    const sagas = await engine.list({
      limit,
      ...(status !== undefined && { status }),
      ...(name !== undefined && { name }),
      ...(key !== undefined && { key }),
    })
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, sagas: sagas.map(sagaJson) }))
    else if (sagas.length === 0) out.write(`${noneOf(options)}\n`)
    else {
      const rows = sagas.map((saga) =>
        [
          saga.id,
          saga.name,
          `v${saga.version}`,
          saga.status,
          saga.key ?? '-',
          saga.updatedAt.toISOString(),
        ].map(oneLine),
      )
      out.write(renderTable([['id', 'saga', '', 'status', 'key', 'changed'], ...rows], out.columns))
    }
    return EXIT.ok
  })
}

/** Without a status and a key, those that have ended are left out. */
const noneOf = ({ status, key }: SagaCommandOptions): string =>
  status === undefined && key === undefined
    ? 'no saga is open; --status done and --status compensated list those that have ended'
    : 'there are no sagas'

const statuses: readonly SagaStatus[] = [
  'running',
  'compensating',
  'done',
  'compensated',
  'compensation-failed',
]

function statusOf({ status }: SagaCommandOptions): SagaStatus | undefined {
  const found = statuses.find((one) => one === status)
  if (status === undefined || found !== undefined) return found
  throw new CommandError(`cannot list sagas: --status must be one of ${statuses.join(', ')}, got ${status}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
  })
}
