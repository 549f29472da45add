import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { ServeEngineOptions } from './serve-engine.js'

const HELP = `
Examples:
  $ watertight engine postgres ./data --port 5432 --database shop
  $ WATERTIGHT_STORE_PASSWORD=secret watertight engine redis ./keys --port 6379
  $ watertight engine jaeger ./traces --port 16686 --collector 4318
  $ WATERTIGHT_ALERTS_WEBHOOK=https://chat.example/hook watertight engine alertmanager ./alerts --port 9093
  $ watertight engine prometheus ./metrics --port 9090 --run .watertight --alertmanager 9093

It runs the real server, which must be installed: in bin of the folder that WATERTIGHT_ENGINES names (default
~/.cache/watertight/engines), or on PATH. It listens on 127.0.0.1 alone, with settings for development; SIGTERM ends it in order.
watertight up runs one for each store and broker that the document names without an address, such as stores: { shop: postgres },
and those that monitoring names. Prometheus asks every program of the run, follows it, and has the objectives and alerts of its
document as rules.`

/** Those of the library that starts them, which need not be loaded to say so. */
const NAMES = 'postgres, redis, kafka, temporal, prometheus, alertmanager, jaeger'

/** `watertight engine` */
export function defineEngine(program: Command, run: CommandRunner): void {
  program
    .command('engine')
    .description('run a real server of this machine: a database, a broker, or what watches a system')
    .argument('<engine>', `one of ${NAMES}`)
    .argument('<folder>', 'a folder for its data; a new one is made')
    .requiredOption('--port <port>', 'where it listens on 127.0.0.1')
    .option('--admin <port>', 'the port at which GET /ready says whether it is ready')
    .option(
      '--database <name>',
      'a database that Postgres is to have (may be repeated)',
      (name: string, former: readonly string[] | undefined) => [...(former ?? []), name],
    )
    .option('--run <folder>', 'the run whose programs Prometheus asks, and whose document has its rules')
    .option('--alertmanager <port>', 'where the Alertmanager listens that Prometheus tells of alerts')
    .option('--collector <port>', 'where Jaeger takes spans, by OTLP over HTTP')
    .addHelpText('after', HELP)
    .action(async (name: string, folder: string, options: ServeEngineOptions) => {
      const { serveEngine } = await import('./serve-engine.js')
      await run((terminal) => serveEngine(name, folder, options, terminal), options)
    })
}
