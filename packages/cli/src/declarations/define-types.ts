import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { TypesOptions } from './run-types.js'

const HELP = `
Examples:
  $ watertight types                          writes watertight.d.ts beside the manifest
  $ watertight types --output src/system.d.ts
  $ watertight types --check                  in CI: fails when the file is not up to date`

/** `watertight types` */
export function defineTypes(program: Command, run: CommandRunner): void {
  program
    .command('types')
    .description('write TypeScript declarations of the manifest, so that a misspelt service does not compile')
    .argument('[file]', 'the manifest, or a folder that has one')
    .option('-o, --output <file>', 'where to write (default: watertight.d.ts beside the manifest)')
    .option('--check', 'write nothing; fail when the file differs')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, options: TypesOptions) => {
      const { runTypes } = await import('./run-types.js')
      await run((terminal) => runTypes(file, options, terminal), options)
    })
}
