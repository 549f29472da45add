import type { Command } from 'commander'
import { profileOption } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { UpOptions } from './run-up.js'
import type { RunCommandOptions } from './with-run.js'

const HELP = `
Examples:
  $ watertight up                          everything of the nearest watertight.yaml that says how it is run
  $ watertight up --console                and the console: calls, traces, faults and changes on one page
  $ watertight up --load 50/s              each GET of the gateway that has no parameters
  $ watertight up --load 50/s --load-request 'POST /orders {"sku":"book-42"}'
  $ watertight up --load 50/s --load-request load.mjs      a list of requests, or a function that makes each by its number
  $ watertight up --profile engines        with what watertight.engines.yaml says in place of it, such as real servers
  $ watertight up --profile engines,temporal        and then with what watertight.temporal.yaml says
  $ watertight up --json | jq -r .kind     what happens, a line of JSON each
  $ watertight status                      from another terminal; so are the following
  $ watertight logs order --follow
  $ watertight restart order               its replicas one after the other
  $ watertight scale order 3
  $ watertight stop

Each process is told its port by PORT and where it finds what it calls by PAYMENT_URL and the like; WATERTIGHT_MANIFEST
names the document of the run, which has the ports of all. Gateway, sidecars and certificates come by themselves where the
document asks for them. What the run keeps lies in .watertight beside the document. Ctrl-C stops everything in order,
a second one at once.`

const FOLDER_HELP =
  'where the run keeps what it needs (default: .watertight beside the manifest; with a profile .watertight-NAME, with several .watertight-NAME+NAME)'

/** `watertight up`, and the commands that speak to what it runs */
export function defineUp(program: Command, run: CommandRunner): void {
  program
    .command('up')
    .description('start the whole system on this machine, and keep it running')
    .option('-f, --manifest <file>', 'the manifest (default: the nearest watertight.yaml)')
    .option('--folder <folder>', FOLDER_HELP)
    .addOption(profileOption('run it as watertight.NAME.yaml beside the manifest has it changed'))
    .option('--port <port>', 'where the gateway listens; 0 takes a free port')
    .option(
      '--free-ports',
      'take free ports in place of those of the manifest: for a second copy of the system',
    )
    .option(
      '--without <service>',
      'give this service its port but leave it to you to start it (may be repeated)',
      (service: string, former: readonly string[] | undefined) => [...(former ?? []), service],
    )
    .option('--console [port]', 'open the console beside it, at 4717 or another port; 0 takes a free one')
    .option(
      '--load <rate>',
      'send requests through the gateway, such as 50/s, and report what becomes of them',
    )
    .option(
      '--load-request <request>',
      'what to send: METHOD PATH BODY (may be repeated), or a .json or .mjs file of requests (default: each GET without parameters)',
      (request: string, former: readonly string[] | undefined) => [...(former ?? []), request],
    )
    .option(
      '--no-drills',
      'leave the drills of the document to you, rather than run each as often as its every says',
    )
    .option('--json', 'print what happens as lines of JSON')
    .addHelpText('after', HELP)
    .action(async (options: UpOptions) => {
      const { runUp } = await import('./run-up.js')
      await run((terminal) => runUp(options, terminal), options)
    })
  defineCommandsOfRun(program, run)
}

function defineCommandsOfRun(program: Command, run: CommandRunner): void {
  ofRun(program, 'status', 'show the state of each program of the running system', '')
    .option('--json', 'print it as JSON')
    .action(async (options: RunCommandOptions) => {
      const { tellStatus } = await import('./tell-status.js')
      await run((terminal) => tellStatus(options, terminal), options)
    })
  ofRun(program, 'logs', 'show what the programs of the running system log', ' order --follow')
    .argument('[program]', 'one of them (default: all)')
    .option('--lines <number>', 'how many of the latest lines to show', '100')
    .option('--follow', 'and go on with new ones')
    .option('--json', 'print them as lines of JSON')
    .action(async (name: string | undefined, options: RunCommandOptions) => {
      const { tellLogs } = await import('./tell-logs.js')
      await run((terminal) => tellLogs(name, options, terminal), options)
    })
  ofRun(program, 'restart', 'restart a service, its replicas one after the other, or one program', ' order')
    .argument('<name>', 'the service or the program')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, options: RunCommandOptions) => {
      const { askRun } = await import('./ask-run.js')
      await run((terminal) => askRun((asked) => asked.restart(name), options, terminal), options)
    })
  ofRun(program, 'scale', 'set how many replicas of a service run', ' order 3')
    .argument('<service>', 'the service')
    .argument('<replicas>', 'how many')
    .option('--json', 'print the result as JSON')
    .action(async (service: string, replicas: string, options: RunCommandOptions) => {
      const { scaleRun } = await import('./scale-run.js')
      await run((terminal) => scaleRun(service, replicas, options, terminal), options)
    })
  ofRun(program, 'stop', 'stop the running system in order', '')
    .option('--json', 'print the result as JSON')
    .action(async (options: RunCommandOptions) => {
      const { stopRun } = await import('./stop-run.js')
      await run((terminal) => stopRun(options, terminal), options)
    })
}

function ofRun(program: Command, name: string, description: string, example: string): Command {
  return program
    .command(name)
    .description(description)
    .option('-f, --manifest <file>', 'the manifest that is run (default: the nearest watertight.yaml)')
    .option('--folder <folder>', FOLDER_HELP)
    .addOption(profileOption('the profiles that it was started with'))
    .addHelpText('after', `\nExamples:\n  $ watertight ${name}${example}\n`)
}
