import { type Command, Option } from 'commander'
import { profileOption, READ_WITH } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { ExplainOptions } from './run-explain.js'

const HELP = `
Examples:
  $ watertight explain order payment
  $ watertight explain order:payment
  $ watertight explain 'order -> payment'      quoted: an unquoted > belongs to the shell
  $ watertight explain order payment --json
  $ watertight explain saga place-order        its steps, and how long it may take
  $ watertight explain event order-created     who publishes it, and who takes it how
  $ watertight explain WT-RETRY-AMPLIFICATION  why a finding matters, and how to fix it`

/** `watertight explain` */
export function defineExplain(program: Command, run: CommandRunner): void {
  program
    .command('explain')
    .description(
      'explain a call (the policy in force, where each value comes from), or the code of a finding',
    )
    .argument('<words...>', 'a caller and a callee, or the code of a finding')
    .option('-f, --manifest <file>', 'the manifest')
    .addOption(new Option('--file <file>', 'what --manifest was called before').hideHelp())
    .addOption(profileOption(READ_WITH))
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (words: string[], options: ExplainOptions) => {
      const { runExplain } = await import('./run-explain.js')
      await run((terminal) => runExplain(words, options, terminal), options)
    })
}
