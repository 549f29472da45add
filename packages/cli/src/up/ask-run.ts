import type { ControlClient } from '@watertight/supervisor'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { showStatus } from './show-status.js'
import { type RunCommandOptions, withRun } from './with-run.js'

/** Has the run do something, and shows how each program is afterwards. */
export function askRun(
  action: (run: ControlClient) => Promise<unknown>,
  options: RunCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return withRun(options, terminal, async (run) => {
    await action(run)
    showStatus(await run.status(), options.json === true, terminal)
    return EXIT.ok
  })
}
