import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { ServeStoreOptions } from './serve-store.js'

const HELP = `
Examples:
  $ watertight store ./data                      prints the URL that it is reached by
  $ WATERTIGHT_STORE_PASSWORD=secret watertight store ./data --port 5432

It is Postgres compiled to WebAssembly, in one process; any number of others connect to it as to any Postgres. It is meant for
development and tests: a commit does not wait for the disk. watertight up runs one for each store without a URL.`

/** `watertight store` */
export function defineStore(program: Command, run: CommandRunner): void {
  program
    .command('store')
    .description('serve an embedded Postgres to the programs of this machine')
    .argument('<folder>', 'a folder for its data; a new one is made')
    .option('--port <port>', 'where it listens on 127.0.0.1 (default: a free port)')
    .option('--admin <port>', 'the port at which GET /ready says whether it is ready')
    .addHelpText('after', HELP)
    .action(async (folder: string, options: ServeStoreOptions) => {
      const { serveStore } = await import('./serve-store.js')
      await run((terminal) => serveStore(folder, options, terminal), options)
    })
}
