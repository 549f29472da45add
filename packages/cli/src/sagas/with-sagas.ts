import { openSagaEngine, type SagaEngine } from '@watertight/durable'
import type { ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { withStore } from '../stores/with-store.js'
import type { SagaCommandOptions } from './saga-command-options.js'

/** Does work on the sagas of a store; it takes up none of them. */
export async function withSagas(
  options: SagaCommandOptions,
  terminal: Terminal,
  work: (engine: SagaEngine) => Promise<ExitCode>,
): Promise<ExitCode> {
  return await withStore(options, terminal, async (store) => {
    const engine = await openSagaEngine({ store, sagas: [], works: false })
    try {
      return await work(engine)
    } finally {
      await engine.close()
    }
  })
}
