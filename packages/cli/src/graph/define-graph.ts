import { type Command, Option } from 'commander'
import { profileOption, READ_WITH } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { GraphOptions } from './run-graph.js'

const HELP = `
Examples:
  $ watertight graph                              paste it into Markdown
  $ watertight graph --format dot | dot -Tsvg > calls.svg
  $ watertight graph --json | jq '.edges[] | select(.kind == "call")'`

/** `watertight graph` */
export function defineGraph(program: Command, run: CommandRunner): void {
  program
    .command('graph')
    .description('draw the call graph with its events')
    .argument('[file]', 'the manifest, a folder that has one, or - for standard input')
    .addOption(
      new Option('--format <format>', 'the language of the drawing')
        .choices(['mermaid', 'dot', 'json'])
        .default('mermaid'),
    )
    .addOption(profileOption(READ_WITH))
    .option('--json', 'the same as --format json')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: GraphOptions) => {
      const { runGraph } = await import('./run-graph.js')
      await run((terminal) => runGraph(file, options, terminal), options)
    })
}
