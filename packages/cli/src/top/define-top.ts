import type { Command } from 'commander'
import { profileOption } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { TopOptions } from './run-top.js'

const HELP = `
Examples:
  $ watertight top                         each second, until q or Ctrl-C
  $ watertight top --once
  $ watertight top --json | jq '.services[] | select(.level != "ok").name'

Numbers are of the last ten seconds, from the metrics of services, sidecars and gateway. CPU (of one core) and memory are those of
all processes of a service, sidecars among them. GOOD is the share of requests without an error. BREAKER is the state of the circuit breakers of those
that call it. Where a terminal is narrow, columns are left out; where there is none, it is printed once.`

/** `watertight top` */
export function defineTop(program: Command, run: CommandRunner): void {
  program
    .command('top')
    .description('watch the services of the running system: processes, rate, success, latency, breakers')
    .option('-f, --manifest <file>', 'the manifest that is run (default: the nearest watertight.yaml)')
    .option(
      '--folder <folder>',
      'where the run keeps what it needs (default: .watertight beside the manifest)',
    )
    .addOption(profileOption('the profiles that it was started with'))
    .option('--once', 'print it once, as soon as it has been measured')
    .option('--json', 'a line of JSON each second')
    .addHelpText('after', HELP)
    .action(async (options: TopOptions) => {
      const { runTop } = await import('./run-top.js')
      await run((terminal) => runTop(options, terminal), options)
    })
}
