import { consumerLag } from '@watertight/durable'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { oneLine, renderTable } from '../stores/render-table.js'
import { withStore } from '../stores/with-store.js'
import { type EventsOptions, filterOf } from './events-options.js'

/** Shows how far each group of consumers is behind. */
export async function tellLag(options: EventsOptions, terminal: Terminal): Promise<ExitCode> {
  return await withStore(options, terminal, async (store) => {
    const groups = await consumerLag(store, filterOf(options))
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, groups }))
    else if (groups.length === 0) out.write('no group of consumers has read anything\n')
    else {
      const rows = groups.map(({ group, topic, behind, oldestAt, retrying, dead }) =>
        [group, topic, String(behind), oldestAt?.toISOString() ?? '-', String(retrying), String(dead)].map(
          oneLine,
        ),
      )
      const head = ['group', 'topic', 'behind', 'oldest', 'retrying', 'dead']
      out.write(renderTable([head, ...rows], out.columns))
    }
    return EXIT.ok
  })
}
