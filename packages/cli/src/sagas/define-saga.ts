import type { Command } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import { STORE_HELP, withStoreOptions } from '../stores/store-options.js'
import type { SagaCommandOptions } from './saga-command-options.js'

const HELP = `
Examples:
  $ watertight saga list --status running --name place-order
  $ watertight saga show order-4711                      its steps, and all that has happened to it
  $ watertight saga retry order-4711                     ask at once what waits for its next try
  $ watertight saga cancel order-4711 --reason 'the customer called'
  $ watertight saga resume order-4711                    take up one whose compensation had failed

What is asked of a saga is kept in the store, and done by whichever service runs it.
${STORE_HELP}`

/** `watertight saga` and its five commands */
export function defineSaga(program: Command, run: CommandRunner): void {
  const saga = program
    .command('saga')
    .description('look at sagas, and retry, cancel or resume one')
    .addHelpText('after', HELP)
  withStoreOptions(saga.command('list'))
    .description('list sagas')
    .option('--status <status>', 'running, compensating, done, compensated or compensation-failed')
    .option('--name <name>', 'of this definition alone')
    .option('--key <key>', 'of this key alone')
    .option('--limit <count>', 'how many', '100')
    .action(async (options: SagaCommandOptions) => {
      const { listSagas } = await import('./list-sagas.js')
      await run((terminal) => listSagas(options, terminal), options)
    })
  withStoreOptions(saga.command('show'))
    .description('show a saga and its timeline')
    .argument('<id>', 'its id')
    .action(async (id: string, options: SagaCommandOptions) => {
      const { showSaga } = await import('./show-saga.js')
      await run((terminal) => showSaga(id, options, terminal), options)
    })
  const requests = {
    retry: 'ask at once what waits for its next try',
    cancel: 'turn a saga back: undo what it has done',
    resume: 'take up a saga whose compensation had failed',
  } as const
  for (const [action, description] of Object.entries(requests) as [keyof typeof requests, string][]) {
    const command = withStoreOptions(saga.command(action)).description(description).argument('<id>', 'its id')
    if (action === 'cancel') command.option('--reason <reason>', 'why, for its timeline')
    command.action(async (id: string, options: SagaCommandOptions) => {
      const { askSaga } = await import('./ask-saga.js')
      await run((terminal) => askSaga(action, id, options, terminal), options)
    })
  }
}
