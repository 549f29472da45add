import { type Command, Option } from 'commander'
import { profileOption } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { DrillOptions } from './run-drill.js'

const HELP = `
Examples:
  $ watertight up --load 20/s              in one terminal
  $ watertight drill payment-slow          and in another
  $ watertight drill payment-slow --profile engines   of watertight up --profile engines
  $ watertight drill                       all drills of the document, the last result of each, and when it is due
  $ watertight drill --history             the records of past ones
  $ watertight drill --by-schedule         runs each by its every, for a system that something other than watertight up has started
  $ watertight drill payment-slow --load 20/s --load-request 'POST /orders {"sku":"book-42"}' --json

In the document:
  drills:
    payment-slow: { every: 30d, story: The payment API times out, target: payment, delay: 5s, for: 30s, detect: 1m, recover: 1m }
    postgres-away: { every: 30d, story: The primary of Postgres crashes, strike: node kill-primary.mjs, watch: http://127.0.0.1:8008/ready }

A fault strikes at the proxies that carry the calls to the target, and ends by itself; fault: kill ends the processes of the target,
once, and leaves the rest to whoever runs them; strike is a command for what no proxy stands before, and heal ends what it has done. It
counts as detected once a circuit breaker before the target opens, or what watch names does not answer 200, and as recovered once all
are closed, all processes ready, and requests answered. What came of it, and a runbook, are kept in .watertight/drills. Exit code 1 says
that an objective was missed. While watertight up runs, it runs each by its every.`

interface DefinedOptions extends DrillOptions {
  readonly list?: boolean
  readonly history?: boolean
  readonly bySchedule?: boolean
}

/** `watertight drill` */
export function defineDrill(program: Command, run: CommandRunner): void {
  program
    .command('drill')
    .description(
      'disturb the running system as a drill of the document says, and measure detection and recovery',
    )
    .argument('[name]', 'the drill, of those below drills (default: all are listed)')
    .option('-f, --manifest <file>', 'the manifest that is run (default: the nearest watertight.yaml)')
    .option(
      '--folder <folder>',
      'where the run keeps what it needs (default: .watertight beside the manifest)',
    )
    .addOption(profileOption('the profiles that it was started with'))
    .option(
      '--load <rate>',
      'send requests meanwhile, such as 20/s, and count those that fail (default: what the drill says)',
    )
    .option(
      '--load-request <request>',
      'what to send, as for up',
      (request: string, former: readonly string[] | undefined) => [...(former ?? []), request],
    )
    .option('--list', 'list the drills of the document, the last result of each, and when it is due')
    .option('--history', 'show the records of past drills, of one or all')
    .option('--by-schedule', 'run each by its every for as long as the system runs, as watertight up does')
    .option('--json', 'print it as JSON')
    .addOption(new Option('--scheduled').hideHelp())
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, options: DefinedOptions) => {
      if (name === undefined && options.bySchedule === true) {
        const { runSchedule } = await import('./schedule/run-schedule.js')
        return await run((terminal) => runSchedule(options, terminal), options)
      }
      if (name === undefined || options.list === true || options.history === true) {
        const { listDrills, tellHistory } = await import('./list-drills.js')
        const tell = options.history === true ? tellHistory : listDrills
        return await run((terminal) => tell(name, options, terminal), options)
      }
      const { runDrill } = await import('./run-drill.js')
      return await run((terminal) => runDrill(name, options, terminal), options)
    })
}
