import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { DoctorOptions } from './run-doctor.js'

const HELP = `
Examples:
  $ watertight doctor
  $ watertight doctor --require promtool --require envoy    ends with 4 when one is missing
  $ watertight doctor --json

Engines are looked for in bin/ of the folder that WATERTIGHT_ENGINES names (~/.cache/watertight/engines without it),
then on the PATH.`

/** `watertight doctor` */
export function defineDoctor(program: Command, run: CommandRunner): void {
  program
    .command('doctor')
    .description('tell what is here: Node, the manifest, its ports, and the engines for real tests')
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
