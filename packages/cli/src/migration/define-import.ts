import { IMPORT_FORMATS, type ImportFormat } from '@watertight/import'
import { Argument, type Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { ImportOptions } from './run-import.js'

const HELP = `
Examples:
  $ watertight import resilience4j application.yml > watertight.yaml
  $ watertight import resilience4j services/ --profile prod       every application.yml and .properties below
  $ watertight import dapr resiliency.yaml --output watertight.yaml
  $ watertight import istio virtual-services/ rules.yaml          files and folders, as many as there are
  $ watertight import gateway-api http-routes.yaml
  $ watertight import envoy envoy.yaml --service front-proxy
  $ watertight import linkerd service-profiles.yaml --json | jq '.unsupported'

What has no equivalent is named: as comments in the manifest, on standard error, and in the JSON.`

/** `watertight import` */
export function defineImport(program: Command, run: CommandRunner): void {
  program
    .command('import')
    .description('turn existing configuration into a manifest, naming what has no equivalent')
    .addArgument(new Argument('<format>', 'what the files are').choices(IMPORT_FORMATS))
    .argument('<files...>', 'files and folders, or - for standard input')
    .option('--system <name>', 'the name of the system (default: after the file)')
    .option('--service <name>', 'the service whose configuration it is')
    .option('--profile <name>', 'a profile of Spring that holds too; repeat for more', collect)
    .option('-o, --output <file>', 'where to write (default: standard output)')
    .option('--force', 'replace a file that is there')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (format: ImportFormat, files: readonly string[], options: ImportOptions) => {
      const { runImport } = await import('./run-import.js')
      await run((terminal) => runImport(format, files, options, terminal), options)
    })
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
