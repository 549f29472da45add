import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { DoctorOptions } from './run-doctor.js'

const HELP = `
Examples:
  $ watertight doctor
  $ watertight doctor --json
  $ watertight doctor --engines
  $ watertight doctor --require promtool    ends with 4 when it is missing

Engines are programs for tests against the real thing; nothing else needs them. They are looked for in bin/ of the
folder that WATERTIGHT_ENGINES names (~/.cache/watertight/engines without it), then on the PATH.`

/** `watertight doctor` */
export function defineDoctor(program: Command, run: CommandRunner): void {
  program
    .command('doctor')
    .description('check this machine and folder: Node, package versions, the manifest, its types and ports')
    .option('--engines', 'also look for the engines')
    .option('--require <engine>', 'an engine that must be there; repeat for more', collect)
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('./run-doctor.js')
      await run((terminal) => runDoctor(options, terminal), options)
    })
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
