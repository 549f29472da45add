import { BrokerError, consumerLag, openKafka, type Store } from '@watertight/durable'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { oneLine, renderTable } from '../stores/render-table.js'
import { wrongWord } from '../program/wrong-word.js'
import { withStore } from '../stores/with-store.js'
import { nothingFound } from './nothing-found.js'
import type { EventsOptions } from './events-options.js'

/** Shows how far each group of consumers is behind. */
export async function tellLag(options: EventsOptions, terminal: Terminal): Promise<ExitCode> {
  return await withStore(options, terminal, async (store) => {
    const all = await lagOf(store, options)
    const groups = all.filter(
      ({ group, topic }) => group === (options.group ?? group) && topic === (options.topic ?? topic),
    )
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, groups }))
    else if (groups.length === 0)
      out.write(await nothingFound(store, options, 'no group of consumers has read anything'))
    else {
      const rows = groups.map(({ group, topic, events, ageMs, parked, deadLetters }) =>
        [
          group,
          topic,
          events === null ? '?' : String(events),
          `${Math.round(ageMs / 1_000)}s`,
          String(parked),
          String(deadLetters),
        ].map(oneLine),
      )
      const head = ['group', 'topic', 'behind', 'for', 'parked', 'dead']
      out.write(renderTable([head, ...rows], out.columns))
      if (groups.some(({ events }) => events === null))
        out.write('? reads from Kafka: --broker kafka://host:port tells how far it is behind\n')
    }
    return EXIT.ok
  })
}

async function lagOf(store: Store, { broker: url }: EventsOptions): ReturnType<typeof consumerLag> {
  if (url === undefined) return await consumerLag(store)
  const broker = await openKafka({ url }).catch((error: unknown) => {
    if (error instanceof BrokerError) throw error
    // What it says of the URL, in the words of whoever has typed it.
    const reason = error instanceof Error ? error.message : String(error)
    throw wrongWord(reason.replace('cannot open Kafka: url', 'cannot ask Kafka: --broker'))
  })
  try {
    return await consumerLag(store, broker)
  } finally {
    await broker.close()
  }
}
