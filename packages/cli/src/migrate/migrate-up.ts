import { migrate, migrationStatus } from '@watertight/durable'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import type { StoreOptions } from '../stores/store-options.js'
import { withStore } from '../stores/with-store.js'

/** Applies what the store lacks. */
export async function migrateUp(options: StoreOptions, terminal: Terminal): Promise<ExitCode> {
  return await withStore(
    options,
    terminal,
    async (store) => {
      const { pending } = await migrationStatus(store)
      const { applied } = await migrate(store)
      if (options.json === true) terminal.out.write(jsonText({ schemaVersion: 1, new: pending, applied }))
      else if (pending.length === 0) terminal.out.write('the schema is up to date\n')
      else terminal.out.write(pending.map((name) => `applied ${name}\n`).join(''))
      return EXIT.ok
    },
    { creates: true },
  )
}
