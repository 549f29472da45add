import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { showStatus } from './show-status.js'
import { type RunCommandOptions, withRun } from './with-run.js'

/** Shows how each program is. The exit code says whether all of them are ready. */
export function tellStatus(options: RunCommandOptions, terminal: Terminal): Promise<ExitCode> {
  return withRun(options, terminal, async (run) => {
    const status = await run.status()
    showStatus(status, options.json === true, terminal)
    return status.programs.every(({ state }) => state === 'ready') ? EXIT.ok : EXIT.findings
  })
}
