import { type Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'

const HELP = `
Examples:
  $ source <(watertight completion bash)                               for this shell
  $ watertight completion bash >> ~/.bashrc                            for good
  $ watertight completion zsh > "\${fpath[1]}/_watertight"
  $ watertight completion fish > ~/.config/fish/completions/watertight.fish`

/** `watertight completion`, and the hidden `watertight complete` that the scripts ask at every press of the key. */
export function defineCompletion(program: Command, run: CommandRunner): void {
  program
    .command('completion')
    .description('print the script that completes commands, options and services in a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (shell: string, options: { readonly json?: boolean }) => {
      const { runCompletion } = await import('./run-completion.js')
      await run((terminal) => runCompletion(shell, options.json === true, terminal), options)
    })
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (words: string[]) => {
      const { runComplete } = await import('./run-complete.js')
      await run((terminal) => runComplete(program, words, terminal), {})
    })
}
