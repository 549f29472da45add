import { type Command, Option } from 'commander'
import type { CommandRunner } from '../program/command-runner.js'
import type { CertsOptions } from './certs-options.js'
import { explainingFailures } from './explaining-failures.js'

const HELP = `
Examples:
  $ watertight certs init                          an authority, and a certificate for every service of the document
  $ watertight certs issue payment --host pay.internal
  $ watertight certs rotate                        what has less than a third of its lifetime left
  $ watertight certs rotate --authority            a new authority beside the old one; both are trusted
  $ watertight certs list

For development: the key of the authority is a file, and whoever reads it can be any service. Running processes
take over new certificates by themselves and drop no connection.`

/** `watertight certs` and its four commands */
export function defineCerts(program: Command, run: CommandRunner): void {
  const certs = program
    .command('certs')
    .description('make certificates for mutual TLS between services, with an authority for development')
    .addHelpText('after', HELP)
  common(certs.command('init'))
    .description('make the authority, and a certificate for every service of the document')
    .addOption(days('until the authority expires', '365'))
    .action(async (options: CertsOptions) => {
      const { initCerts } = await import('./init-certs.js')
      await run((terminal) => explainingFailures(() => initCerts(options, terminal)), options)
    })
  common(certs.command('issue'))
    .description('issue certificates to services')
    .argument('[service...]', 'the services (default: all of the document)')
    .option('--host <host>', 'a further host name or address that it is called by; repeat for more', collect)
    .addOption(days('until the certificate expires', '30'))
    .action(async (services: readonly string[], options: CertsOptions) => {
      const { issueCerts } = await import('./issue-certs.js')
      await run((terminal) => explainingFailures(() => issueCerts(services, options, terminal)), options)
    })
  common(certs.command('rotate'))
    .description('replace certificates that expire soon')
    .argument('[service...]', 'the services, whenever their certificates expire')
    .option('--all', 'all services, whenever their certificates expire')
    .option('--authority', 'make a new authority; certificates of the old one stay valid until it expires')
    .addOption(days('until new certificates expire', undefined))
    .action(async (services: readonly string[], options: CertsOptions) => {
      const { rotateCerts } = await import('./rotate-certs.js')
      await run((terminal) => explainingFailures(() => rotateCerts(services, options, terminal)), options)
    })
  common(certs.command('list'))
    .description('list what was issued, and when it expires')
    .action(async (options: CertsOptions) => {
      const { listCerts } = await import('./list-certs.js')
      await run((terminal) => explainingFailures(() => listCerts(options, terminal)), options)
    })
}

function common(command: Command): Command {
  return command
    .option('-f, --manifest <file>', 'the manifest (default: the nearest watertight.yaml)')
    .option('--dir <folder>', 'where they are kept (default: certs beside the document)')
    .option('--json', 'print the result as JSON')
}

function days(description: string, whenSilent: string | undefined): Option {
  const option = new Option('--days <days>', `days ${description}`)
  return whenSilent === undefined ? option : option.default(whenSilent)
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
