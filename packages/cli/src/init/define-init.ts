import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { InitOptions } from './run-init.js'

const HELP = `
Examples:
  $ watertight init                                          asks a few questions
  $ watertight init --system shop --call order:payment --call order:stock
  $ watertight init --service order=7001 --service payment=7002 --call order:payment
  $ watertight init --run 'order=node order.js' --run 'tax=python3 tax.py' --call order:tax
  $ watertight init --from compose.yaml                      services, ports, healthchecks, depends_on, URLs in env
  $ watertight init --from base.yaml --from prod.yaml        one project of Compose, merged as docker compose -f -f
  $ watertight init --from deploy/                           every Kubernetes or Compose file of a folder and below
  $ kubectl get deploy,svc,hpa,pdb -o yaml | watertight init --from - --dry-run

The manifest passes "watertight check" without errors.`

/** `watertight init` */
export function defineInit(program: Command, run: CommandRunner): void {
  program
    .command('init')
    .description('write a commented watertight.yaml, from questions, flags, or files that you have')
    .option('--from <file>', 'read services out of Compose or Kubernetes YAML; repeat for more', collect)
    .option('--profile <name>', 'a profile of Compose that is started too; repeat for more', collect)
    .option('--system <name>', 'the name of the system (default: of this folder)')
    .option('--service <name[=port]>', 'a service; repeat for more', collect)
    .option('--run <service=command>', 'how a service is started; repeat for more', collect)
    .option('--call <from:to>', 'a call from one service to another; repeat for more', collect)
    .option('-o, --output <file>', 'where to write', 'watertight.yaml')
    .option('--force', 'replace a file that is there')
    .option('--dry-run', 'print the manifest, write nothing')
    .option('-y, --yes', 'ask nothing')
    .option('--json', 'print the result as JSON; ask nothing')
    .addHelpText('after', HELP)
    .action(async (options: InitOptions) => {
      const { runInit } = await import('./run-init.js')
      await run((terminal) => runInit(options, terminal), options)
    })
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
