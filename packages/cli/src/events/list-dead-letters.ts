import { type DeadLetter, deadLetters } from '@watertight/durable'
import { jsonText, plural } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { oneLine } from '../stores/render-table.js'
import { withStore } from '../stores/with-store.js'
import { nothingFound } from './nothing-found.js'
import { type EventsOptions, filterOf, limitOf } from './events-options.js'

/** Shows the events that failed as often as they may. */
export async function listDeadLetters(options: EventsOptions, terminal: Terminal): Promise<ExitCode> {
  const limit = limitOf(options)
  return await withStore(options, terminal, async (store) => {
    const letters = await deadLetters(store, { ...filterOf(options), limit })
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, deadLetters: letters }))
    else if (letters.length === 0) out.write(await nothingFound(store, options, 'there are no dead events'))
    else out.write(letters.map(linesOf).join(''))
    return EXIT.ok
  })
}

function linesOf({ eventId, group, topic, type, key, attempts, waiting, error }: DeadLetter): string {
  const behind = waiting === 0 ? '' : `, ${plural(waiting, 'event')} behind it`
  const head = `${eventId}  ${group} of ${topic}  ${type}  key ${key ?? '-'}  ${plural(attempts, 'attempt')}${behind}`
  return `${oneLine(head)}\n  ${oneLine(error ?? 'no error was told')}\n`
}
