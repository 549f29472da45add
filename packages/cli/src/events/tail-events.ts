import { followEvents, type PublishedEvent, recentEvents, type Store } from '@watertight/durable'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal, TextSink } from '../program/terminal.js'
import { oneLine, renderTable } from '../stores/render-table.js'
import { withStore } from '../stores/with-store.js'
import { nothingFound } from './nothing-found.js'
import { type EventsOptions, limitOf } from './events-options.js'

/** Shows the events that were published last, and those that are published while it runs. */
export async function tailEvents(options: EventsOptions, terminal: Terminal): Promise<ExitCode> {
  const limit = limitOf(options)
  return await withStore(options, terminal, async (store) => {
    if (options.follow === true) return await followTail(store, options, terminal.out)
    const events = await recentEvents(store, { limit, ...topicOf(options) })
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, events }))
    else if (events.length === 0)
      out.write(await nothingFound(store, options, 'no events have been published'))
    else
      out.write(renderTable([['time', 'topic', 'type', 'key', 'data'], ...events.map(cellsOf)], out.columns))
    return EXIT.ok
  })
}

/** Until it is told to end, as a person does by Ctrl+C. What came first is shown first. */
async function followTail(store: Store, options: EventsOptions, out: TextSink): Promise<ExitCode> {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  const show = (event: PublishedEvent): void => {
    out.write(options.json === true ? `${JSON.stringify(event)}\n` : `${cellsOf(event).join('  ')}\n`)
  }
  try {
    // Before the last ones are asked for: none can come between the two, and one that is both is shown once.
    const following = await followEvents(store, { signal: ending.signal, ...topicOf(options) })
    const recent = await recentEvents(store, { limit: limitOf(options), ...topicOf(options) })
    recent.forEach(show)
    const shown = new Set(recent.map(({ eventId }) => eventId))
    for await (const event of following) if (!shown.has(event.eventId)) show(event)
    return EXIT.ok
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}

const topicOf = ({ topic }: EventsOptions): { topic?: string } => (topic === undefined ? {} : { topic })

const cellsOf = ({ time, topic, type, key, data }: PublishedEvent): string[] =>
  [time.toISOString(), topic, type, key ?? '-', JSON.stringify(data)].map(oneLine)
