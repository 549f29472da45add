import { setTimeout as sleep } from 'node:timers/promises'
import { ControlClient } from '@watertight/supervisor'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { type RunCommandOptions, runFolderOf, withRun } from './with-run.js'

const POLL_MS = 100

/** Stops the run. Ends once everything has stopped. */
export function stopRun(options: RunCommandOptions, terminal: Terminal): Promise<ExitCode> {
  return withRun(options, terminal, async (run) => {
    await run.stop()
    const folder = runFolderOf(options, terminal)
    while ((await ControlClient.find(folder)) !== undefined) await sleep(POLL_MS)
    terminal.out.write(options.json === true ? jsonText({ schemaVersion: 1, ok: true }) : 'stopped\n')
    return EXIT.ok
  })
}
