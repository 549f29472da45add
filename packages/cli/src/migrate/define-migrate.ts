import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import { STORE_HELP, type StoreOptions, withStoreOptions } from '../stores/store-options.js'

const HELP = `
Examples:
  $ watertight migrate status
  $ watertight migrate up --store postgres://order@db.example/orders
  $ watertight migrate up --store pglite:./data

It is safe while services run, and however many do it at once. The user needs the right to create a schema, nothing more.
${STORE_HELP}`

/** `watertight migrate` and its two commands */
export function defineMigrate(program: Command, run: CommandRunner): void {
  const migrate = program
    .command('migrate')
    .description('bring the schema of a store up to date, or show what it lacks')
    .addHelpText('after', HELP)
  withStoreOptions(migrate.command('up'))
    .description('apply what the store lacks')
    .action(async (options: StoreOptions) => {
      const { migrateUp } = await import('./migrate-up.js')
      await run((terminal) => migrateUp(options, terminal), options)
    })
  withStoreOptions(migrate.command('status'))
    .description('show what the store has and lacks; exit code 1 where it lacks something')
    .action(async (options: StoreOptions) => {
      const { tellMigrations } = await import('./tell-migrations.js')
      await run((terminal) => tellMigrations(options, terminal), options)
    })
}
