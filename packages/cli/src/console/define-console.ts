import type { Command } from 'commander'
import { profileOption } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { ConsoleCommandOptions } from './run-console.js'

const HELP = `
Examples:
  $ watertight console                     what watertight up runs of the nearest watertight.yaml
  $ watertight console --port 0            at any free port
  $ watertight console --profile engines   what watertight up --profile engines runs
  $ watertight console --traces http://jaeger:16686
  $ watertight console --prometheus http://prometheus:9090 --traces http://jaeger:16686
  $ watertight console --admin http://127.0.0.1:9901 --store postgres://shop@db/shop

Prints where the page is, and the token that changes have to be asked with. Programs that send spans to it by OTLP
(OTEL_EXPORTER_OTLP_ENDPOINT) have their traces shown. What cannot be asked is shown by its name, with the reason. Ctrl-C ends it.`

/** `watertight console` */
export function defineConsole(program: Command, run: CommandRunner): void {
  program
    .command('console')
    .description('show a running system on one page: calls, traces, sagas, faults, and what can be changed')
    .option('-f, --manifest <file>', 'the manifest (default: the nearest watertight.yaml)')
    .option(
      '--folder <folder>',
      'where the run keeps what it needs (default: .watertight beside the manifest)',
    )
    .addOption(profileOption('the profiles that the system was started with'))
    .option('--port <port>', 'where it listens (default: 4717)')
    .option(
      '--host <address>',
      'for other machines too: they can read all that it shows (default: 127.0.0.1)',
    )
    .option('--admin <url...>', 'admin listeners of proxies')
    .option(
      '--prometheus <url>',
      'a Prometheus that scrapes the system (default: each program is asked itself)',
    )
    .option('--traces <url>', 'a Jaeger that has the traces (default: what is sent to the console)')
    .option(
      '-s, --store <store>',
      'a URL, or the name of a store of the document (default: its only Postgres)',
    )
    .option('--json', 'print where it is as a line of JSON')
    .addHelpText('after', HELP)
    .action(async (options: ConsoleCommandOptions) => {
      const { runConsole } = await import('./run-console.js')
      await run((terminal) => runConsole(options, terminal), options)
    })
}
