import { type Command, Option } from 'commander'
import { profileOption, READ_WITH } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import { CHECK_FORMATS, type CheckOptions } from './check-options.js'

const HELP = `
Examples:
  $ watertight check
  $ watertight check services/watertight.yaml --strict
  $ watertight check --json | jq '.findings[].code'
  $ watertight check --format sarif > watertight.sarif    for code scanning
  $ watertight check --profile engines
  $ watertight check --watch
  $ cat watertight.yaml | watertight check -

Ends with 0 when nothing fails, 1 with errors (with --strict, warnings too), 3 when the document is not a manifest.
"watertight explain CODE" shows why a finding matters and how to fix it.`

/** `watertight check` */
export function defineCheck(program: Command, run: CommandRunner): void {
  program
    .command('check')
    .description('check the manifest: what is wrong, what is missing, what can never work')
    .argument('[file]', 'the manifest, a folder that has one, or - for standard input')
    .addOption(
      new Option('--format <format>', 'the form of the report').choices(CHECK_FORMATS).default('human'),
    )
    .addOption(profileOption(READ_WITH))
    .option('--json', 'the same as --format json')
    .option('--strict', 'warnings fail too')
    .option('--watch', 'check again after each change, until Ctrl-C')
    .option('--score', 'add the score card of fifteen practices')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: CheckOptions) => {
      const { runCheck } = await import('./run-check.js')
      await run((terminal) => runCheck(file, options, terminal), options)
    })
}
