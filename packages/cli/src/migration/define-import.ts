import { IMPORT_FORMATS, type ImportFormat } from '@watertight/import'
import { Argument, type Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { ImportOptions } from './import-command.js'

const HELP = `
Examples:
  $ watertight import resilience4j application.yml > watertight.yaml
  $ watertight import dapr resiliency.yaml --output watertight.yaml
  $ watertight import istio virtual-services.yaml --json | jq '.unsupported'

What has no equivalent is named: as comments in the manifest, on standard error, and in the JSON.`

/** `watertight import` */
export function defineImport(program: Command, run: CommandRunner): void {
  program
    .command('import')
    .description('turn existing configuration into a manifest, naming what has no equivalent')
    .addArgument(new Argument('<format>', 'what the file is').choices(IMPORT_FORMATS))
    .argument('<file>', 'the file, or - for standard input')
    .option('--system <name>', 'the name of the system (default: after the file)')
    .option('--service <name>', 'the service whose configuration it is')
    .option('-o, --output <file>', 'where to write (default: standard output)')
    .option('--force', 'replace a file that is there')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (format: ImportFormat, file: string, options: ImportOptions) => {
      const { runImport } = await import('./import-command.js')
      await run((terminal) => runImport(format, file, options, terminal), options)
    })
}
