import { setTimeout as sleep } from 'node:timers/promises'
import { ControlClient } from '@watertight/supervisor'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { showStatus } from './tell-status.js'
import { type RunCommandOptions, runFolderOf, withRun, wrongWord } from './with-run.js'

const STOP_POLL_MS = 100

export function restart(name: string, options: RunCommandOptions, terminal: Terminal): Promise<ExitCode> {
  return withRun(options, terminal, async (run) => {
    await run.restart(name)
    showStatus(await run.status(), options.json === true, terminal)
    return EXIT.ok
  })
}

export function scale(
  service: string,
  replicas: string,
  options: RunCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (!/^[1-9]\d{0,2}$/.test(replicas))
    throw wrongWord(`cannot scale ${service}: replicas must be an integer from 1 to 100, got ${replicas}`)
  return withRun(options, terminal, async (run) => {
    await run.scale(service, Number(replicas))
    showStatus(await run.status(), options.json === true, terminal)
    return EXIT.ok
  })
}

/** Ends once everything has stopped. */
export function stop(options: RunCommandOptions, terminal: Terminal): Promise<ExitCode> {
  return withRun(options, terminal, async (run) => {
    await run.stop()
    const folder = runFolderOf(options.manifest, terminal)
    while ((await ControlClient.find(folder)) !== undefined) await sleep(STOP_POLL_MS)
    terminal.out.write(options.json === true ? jsonText({ schemaVersion: 1, ok: true }) : 'stopped\n')
    return EXIT.ok
  })
}
