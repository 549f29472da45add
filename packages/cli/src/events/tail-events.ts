import { recentEvents } from '@watertight/durable'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { oneLine, renderTable } from '../stores/render-table.js'
import { withStore } from '../stores/with-store.js'
import { type EventsOptions, limitOf } from './events-options.js'

/** Shows the events that were published last. */
export async function tailEvents(options: EventsOptions, terminal: Terminal): Promise<ExitCode> {
  const limit = limitOf(options)
  return await withStore(options, terminal, async (store) => {
    const { topic } = options
    const events = await recentEvents(store, { limit, ...(topic !== undefined && { topic }) })
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, events }))
    else if (events.length === 0) out.write('no event was published\n')
    else {
      const rows = events.map(({ time, topic: log, type, key, data }) =>
        [time.toISOString(), log, type, key ?? '-', JSON.stringify(data)].map(oneLine),
      )
      out.write(renderTable([['time', 'topic', 'type', 'key', 'data'], ...rows], out.columns))
    }
    return EXIT.ok
  })
}
