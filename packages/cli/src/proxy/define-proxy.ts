import { type Command, Option } from 'commander'
import { proxyEngineNames } from '@watertight/manifest/words'
import type { CommandRunner } from '../program/command-runner.js'
import type { ProxyCommandOptions } from './run-proxy.js'

const HELP = `
Examples:
  $ watertight proxy --gateway                     routes of the nearest watertight.yaml, on its port
  $ watertight proxy --manifest shop.yaml --gateway --admin 9901
  $ watertight proxy --sidecar tax --workers 1
  $ watertight proxy --gateway --host 0.0.0.0      for callers on other machines
  $ watertight proxy --gateway --engine envoy      the same document on Envoy; compile names what differs
  $ watertight proxy --gateway --istio mesh/ --manifest watertight.yaml
                                                   routes of Istio, addresses of the manifest
  $ watertight proxy --gateway --access-log        a line of JSON for each request, on standard output

One line on standard output says when it is ready, and where it listens; so does 200 at /ready of the admin listener.
SIGTERM ends it once everything under way has ended. SIGUSR2 replaces its workers, where there are several, by others that
read program and document anew; no connection is refused meanwhile.`

/** `watertight proxy` */
export function defineProxy(program: Command, run: CommandRunner): void {
  program
    .command('proxy')
    .description('run the gateway of the system, or the sidecar of a service in any language')
    .option('-f, --manifest <file>', 'the manifest')
    .option('--istio <path...>', 'take routes and policies from files of Istio, and the rest from --manifest')
    .option('--gateway-api <path...>', 'take routes from HTTPRoutes, and the rest from --manifest')
    .option('--gateway', "be the gateway: take in requests by the document's routes")
    .option('--sidecar <service>', 'be the sidecar of this service')
    .option('--admin <port>', 'answer /ready and /stats/prometheus on this port, for this machine alone')
    .option(
      '--host <address>',
      'where it takes in requests (default: listen.host of the gateway, else 127.0.0.1)',
    )
    .addOption(
      new Option('--engine <engine>', 'node, or the real Envoy where it is installed')
        .choices(proxyEngineNames)
        .default('node'),
    )
    .option('--workers <number>', 'processes that share the ports (default: one a core)')
    .option(
      '--restartable',
      'hold the ports in a process of its own also before a single worker, for SIGUSR2',
    )
    .option('--shed', 'refuse what is more than services or this process can bear, the least important first')
    .option('--access-log', 'write a line for each request to standard output')
    .addHelpText('after', HELP)
    .action(async (options: ProxyCommandOptions) => {
      const { runProxy } = await import('./run-proxy.js')
      await run((terminal) => runProxy(options, terminal), {})
    })
}
