import { migrationStatus } from '@watertight/durable'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import type { StoreOptions } from '../stores/store-options.js'
import { withStore } from '../stores/with-store.js'

/** Tells what the store has and lacks. */
export async function tellMigrations(options: StoreOptions, terminal: Terminal): Promise<ExitCode> {
  return await withStore(options, terminal, async (store) => {
    const { applied, pending } = await migrationStatus(store)
    if (options.json === true) terminal.out.write(jsonText({ schemaVersion: 1, applied, pending }))
    else {
      const lines = [
        ...applied.map((name) => `applied  ${name}`),
        ...pending.map((name) => `pending  ${name}`),
      ]
      terminal.out.write(`${lines.join('\n')}\n`)
    }
    return pending.length === 0 ? EXIT.ok : EXIT.findings
  })
}
