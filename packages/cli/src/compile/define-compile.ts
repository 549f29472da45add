import { type Command, Option } from 'commander'
import { profileOption, READ_WITH } from '../document/profile-option.js'
import type { CommandRunner } from '../program/command-runner.js'
import type { CompileOptions } from './run-compile.js'

const HELP = `
Examples:
  $ watertight compile --target envoy --gateway --out envoy/gateway
  $ watertight compile --target envoy --sidecar order --out envoy/order
  $ watertight compile --target envoy --sidecar order --outbound payment=7102 --out envoy/order
  $ watertight compile --target envoy --gateway --out envoy/gateway --json | jq '.report'
  $ envoy --config-path envoy/gateway/envoy.json
  $ watertight compile --target prometheus --out monitoring   # rules.yaml: alerts on objectives
  $ watertight compile --target grafana --out monitoring      # dashboard.json, to import

Run it again when the document changes: all files change at once, and a running Envoy takes them up without losing a
request. What Envoy does not do, or does otherwise, is named with its place and what to do instead.`

/** `watertight compile` */
export function defineCompile(program: Command, run: CommandRunner): void {
  program
    .command('compile')
    .description('write the configuration of what carries out the document, naming what it cannot express')
    .addOption(
      new Option('--target <target>', 'what is to run it')
        .choices(['envoy', 'prometheus', 'grafana'])
        .makeOptionMandatory(true),
    )
    .requiredOption('-o, --out <folder>', 'where to write')
    .addOption(new Option('--gateway', 'for the gateway of the document').conflicts('sidecar'))
    .option('--sidecar <service>', 'for the sidecar of this service')
    .option(
      '--outbound <service=port>',
      'where the sidecar is called for a service; repeat for more',
      collect,
    )
    .option('--admin <port>', 'its port for administration, on loopback', '9901')
    .option('--traces <url>', 'where its spans go, by OTLP over HTTP: http://127.0.0.1:4318/v1/traces')
    .option('--strict', 'fail when something of the document would not happen')
    .option('-f, --manifest <file>', 'the manifest')
    .addOption(profileOption(READ_WITH))
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (options: CompileOptions) => {
      const { runCompile } = await import('./run-compile.js')
      await run((terminal) => runCompile(options, terminal), options)
    })
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
