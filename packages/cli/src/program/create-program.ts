import { type Argument, Command } from 'commander'
import { defineCerts } from '../certificates/define-certs.js'
import { defineCheck } from '../check/define-check.js'
import { defineCompile } from '../compile/define-compile.js'
import { defineCompletion } from '../completion/define-completion.js'
import { defineConsole } from '../console/define-console.js'
import { defineTypes } from '../declarations/define-types.js'
import { defineDoctor } from '../doctor/define-doctor.js'
import { defineDrill } from '../drill/define-drill.js'
import { defineEngine } from '../engines/define-engine.js'
import { defineEvents } from '../events/define-events.js'
import { defineExplain } from '../explain/define-explain.js'
import { defineGraph } from '../graph/define-graph.js'
import { defineInit } from '../init/define-init.js'
import { defineMigrate } from '../migrate/define-migrate.js'
import { defineImport } from '../migration/define-import.js'
import { defineProxy } from '../proxy/define-proxy.js'
import { defineSaga } from '../sagas/define-saga.js'
import { defineSchema } from '../schema/define-schema.js'
import { defineStore } from '../stores/define-store.js'
import { defineTap } from '../tap/define-tap.js'
import { defineTop } from '../top/define-top.js'
import { defineUp } from '../up/define-up.js'
import type { CommandRunner } from './command-runner.js'
import { EXIT_CODE_HELP } from './exit-code.js'
import type { Terminal } from './terminal.js'
import { version } from './version.js'

const HELP = `
Examples:
  $ watertight init                        write a manifest for this folder
  $ watertight init --from compose.yaml    read services out of what you already have
  $ watertight check                       find the retry storm before production does
  $ watertight explain order payment       which policy holds for a call, and why
  $ watertight up                          start the whole system on this machine

${EXIT_CODE_HELP}

Without a file, commands read watertight.yaml of this folder or the nearest folder above it; a file named - is
standard input. NO_COLOR and FORCE_COLOR are respected.`

/** The whole command line. Commands load what they need when they run, so that starting stays fast. */
export function createProgram(terminal: Terminal, run: CommandRunner): Command {
  const program = new Command('watertight')
    .description('One document says how every call between your services must behave: check it, explain it.')
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', HELP)
    .configureHelp({
      helpWidth: Math.min(terminal.out.columns, 110),
      // Every command has options; saying so on each line helps nobody.
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
      styleTitle: (title) => terminal.out.colours.bold(title),
      styleCommandText: (text) => terminal.out.colours.cyan(text),
    })
    .configureOutput({
      writeOut: (text) => {
        terminal.out.write(text)
      },
      // A usage error is told where it is caught, in the same form as every other failure.
      writeErr: () => undefined,
      getOutHelpWidth: () => terminal.out.columns,
      getOutHasColors: () => terminal.out.colours.isColorSupported,
    })
    .exitOverride()
    .showSuggestionAfterError()
  for (const define of [
    defineInit,
    defineCheck,
    defineExplain,
    defineGraph,
    defineTypes,
    defineCerts,
    defineImport,
    defineCompile,
    defineSchema,
    defineUp,
    defineTop,
    defineTap,
    defineDrill,
    defineConsole,
    defineProxy,
    defineStore,
    defineEngine,
    defineMigrate,
    defineEvents,
    defineSaga,
    defineDoctor,
    defineCompletion,
  ]) {
    define(program, run)
  }
  return program
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}
