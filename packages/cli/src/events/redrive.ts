import { redriveDeadLetters } from '@watertight/durable'
import { CommandError } from '../program/command-error.js'
import { jsonText, plural } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { withStore } from '../stores/with-store.js'
import { nothingFound } from './nothing-found.js'
import { type EventsOptions, filterOf } from './events-options.js'

/** Has dead events tried again. */
export async function redrive(options: EventsOptions, terminal: Terminal): Promise<ExitCode> {
  const filter = filterOf(options)
  if (Object.keys(filter).length === 0 && options.all !== true) {
    throw new CommandError('cannot redrive: which events must be said, got nothing', {
      code: 'WT_USAGE',
      exitCode: EXIT.usage,
      hint: 'write --group, --topic, --key or --event, or --all for all of them',
    })
  }
  return await withStore(options, terminal, async (store) => {
    const count = await redriveDeadLetters(store, { ...filter, all: options.all === true })
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, redriven: count }))
    else if (count === 0) out.write(await nothingFound(store, options, 'there are no dead events'))
    else out.write(`${plural(count, 'event')} will be tried again\n`)
    return EXIT.ok
  })
}
