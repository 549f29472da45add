import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'

const HELP = `
Examples:
  $ watertight schema > watertight.schema.json
  $ watertight schema --for check

For completion in an editor, the first line of watertight.yaml then reads:
  # yaml-language-server: $schema=./watertight.schema.json`

/** `watertight schema` */
export function defineSchema(program: Command, run: CommandRunner): void {
  program
    .command('schema')
    .description('print the JSON Schema (draft-07) of the manifest, or of what a command prints with --json')
    .option('--for <command>', 'the command whose --json output it describes')
    .option('--json', 'accepted for symmetry: a schema is JSON')
    .addHelpText('after', HELP)
    .action(async (options: { readonly for?: string; readonly json?: boolean }) => {
      const { runSchema } = await import('./run-schema.js')
      await run((terminal) => runSchema(options.for, terminal), options)
    })
}
