import type { Command } from 'commander'
import { profileOption } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { TapOptions } from './run-tap.js'

const HELP = `
Examples:
  $ watertight tap order                   what passes its sidecar: in to it, and out to those that it calls
  $ watertight tap gateway --status 5xx
  $ watertight tap payment --method POST --path /charges --max 10
  $ watertight tap order --json | jq .traceId

Each line has the time at which it ended, the direction, method and path, the status (left: the caller did not wait), how long it took, caller and service, the proxy that saw it, how often it was
tried, Envoy's flags for what went wrong (UF no connection, UO circuit breaker or bulkhead, UT time limit), and its trace. Queries, headers and bodies are never shown. Of a service
without a sidecar it is what gateway and sidecars of others send to it. Nothing is recorded while nobody watches.`

/** `watertight tap` */
export function defineTap(program: Command, run: CommandRunner): void {
  program
    .command('tap')
    .description('show the requests that pass a service of the running system, live')
    .argument('<service>', 'the service, or gateway')
    .option('-f, --manifest <file>', 'the manifest that is run (default: the nearest watertight.yaml)')
    .option(
      '--folder <folder>',
      'where the run keeps what it needs (default: .watertight beside the manifest)',
    )
    .addOption(profileOption('the profiles that it was started with'))
    .option('--method <methods>', 'only these, such as GET or GET,POST')
    .option('--path <prefix>', 'only paths that begin so')
    .option('--status <statuses>', 'only these, such as 503, 5xx or 4xx,5xx')
    .option('--max <number>', 'end after so many')
    .option('--json', 'a line of JSON each')
    .addHelpText('after', HELP)
    .action(async (service: string, options: TapOptions) => {
      const { runTap } = await import('./run-tap.js')
      await run((terminal) => runTap(service, options, terminal), options)
    })
}
