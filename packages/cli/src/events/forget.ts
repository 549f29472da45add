import { forgetGroup } from '@watertight/durable'
import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { withStore } from '../stores/with-store.js'
import type { EventsOptions } from './events-options.js'

/** Forgets a group that is gone for good, so that what it has not handled is no longer kept for it. */
export async function forget(group: string, options: EventsOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.yes !== true) {
    throw new CommandError(`cannot forget ${group}: --yes must be given`, {
      code: 'WT_USAGE',
      exitCode: EXIT.usage,
      hint: 'how far it has come, its parked events and its dead letters are lost: who takes the name later begins anew',
    })
  }
  return await withStore(options, terminal, async (store) => {
    await forgetGroup(store, { group })
    const { out } = terminal
    if (options.json === true) out.write(jsonText({ schemaVersion: 1, forgotten: group }))
    else out.write(`group ${group} is forgotten\n`)
    return EXIT.ok
  })
}
