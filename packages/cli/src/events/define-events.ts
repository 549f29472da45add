import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import { STORE_HELP, withStoreOptions } from '../stores/store-options.js'
import type { EventsOptions } from './events-options.js'

const HELP = `
Examples:
  $ watertight events tail --topic orders --follow
  $ watertight events lag                                how far each group of consumers is behind
  $ watertight events dead-letters --group shipping
  $ watertight events redrive --group shipping --topic orders
  $ watertight events forget parcels --yes               a group that has another name by now holds back no clean-up
${STORE_HELP}`

/** `watertight events` and its five commands */
export function defineEvents(program: Command, run: CommandRunner): void {
  const events = program
    .command('events')
    .description(
      'show the events of a store, consumer lag and dead letters, redrive them, and forget a group',
    )
    .addHelpText('after', HELP)
  withStoreOptions(events.command('tail'))
    .description('show the events published last')
    .option('--topic <topic>', 'of this topic alone')
    .option('--limit <count>', 'how many', '20')
    .option('--follow', 'and those published from then on, until Ctrl-C; with --json, one a line')
    .action(async (options: EventsOptions) => {
      const { tailEvents } = await import('./tail-events.js')
      await run((terminal) => tailEvents(options, terminal), options)
    })
  withStoreOptions(events.command('lag'))
    .description('show how far each group of consumers is behind')
    .option('--group <group>', 'of this group alone')
    .option('--topic <topic>', 'of this topic alone')
    .option('--broker <url>', 'kafka://host:port: asked about groups that read from there')
    .action(async (options: EventsOptions) => {
      const { tellLag } = await import('./tell-lag.js')
      await run((terminal) => tellLag(options, terminal), options)
    })
  filtered(withStoreOptions(events.command('dead-letters')))
    .description('show the events that have used up their attempts')
    .option('--limit <count>', 'how many', '100')
    .action(async (options: EventsOptions) => {
      const { listDeadLetters } = await import('./list-dead-letters.js')
      await run((terminal) => listDeadLetters(options, terminal), options)
    })
  filtered(withStoreOptions(events.command('redrive')))
    .description('retry dead events, and after them the later events of their keys')
    .option('--all', 'all of them')
    .action(async (options: EventsOptions) => {
      const { redrive } = await import('./redrive.js')
      await run((terminal) => redrive(options, terminal), options)
    })
  withStoreOptions(events.command('forget'))
    .description('forget a group that is gone for good: it holds up every clean-up')
    .argument('<group>', 'its name')
    .option('--yes', 'its position, parked events and dead letters may be deleted')
    .action(async (group: string, options: EventsOptions) => {
      const { forget } = await import('./forget.js')
      await run((terminal) => forget(group, options, terminal), options)
    })
}

function filtered(command: Command): Command {
  return command
    .option('--group <group>', 'of this group alone')
    .option('--topic <topic>', 'of this topic alone')
    .option('--key <key>', 'of this key alone')
    .option('--event <id>', 'this event alone')
}
