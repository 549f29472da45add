import type { Argument, Command, CommanderError, Option } from 'commander'
import { CommandError } from './command-error.js'
import { EXIT } from './exit-code.js'

/** What was wrong with the words of a command line, in our words instead of commander's. */
export function usageError(error: CommanderError, program: Command, words: readonly string[]): CommandError {
  const command = program.commands.find((one) => words.includes(one.name()))
  // Commander writes `error: text` and, on a second line, `(Did you mean x?)`.
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const quoted = [...first.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '')
  const what = command === undefined ? 'watertight' : command.name()
  const hints = [
    suggestion?.replace(/^\(Did you mean (.*)\?\)$/s, 'did you mean $1?'),
    command === undefined ? 'watertight --help lists what there is' : usageLine(command),
  ]
  return new CommandError(messageFor(error.code, what, quoted, first, command), {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
    hint: hints.filter((hint) => hint !== undefined).join('\n'),
  })
}

function messageFor(
  code: string,
  what: string,
  quoted: readonly string[],
  first: string,
  command: Command | undefined,
): string {
  const [name = ''] = quoted
  switch (code) {
    case 'commander.unknownCommand':
      return `there is no command ${name}`
    case 'commander.unknownOption':
      return `cannot run ${what}: there is no option ${name}`
    case 'commander.missingArgument':
      return `cannot run ${what}: <${name}> is missing: ${argumentNamed(name, command)?.description ?? ''}`
    case 'commander.missingMandatoryOptionValue':
      return `cannot run ${what}: ${optionNamed(name, command)} is missing`
    case 'commander.optionMissingArgument':
      return `cannot run ${what}: ${name} must be followed by a value`
    case 'commander.excessArguments':
      return `cannot run ${what}: ${argumentsAllowed(command)}`
    case 'commander.invalidArgument':
      return `cannot run ${what}: ${invalidArgument(first, quoted, command)}`
    default:
      return `cannot run ${what}: ${first}`
  }
}

/** The value and the choices of an option, or of an argument, that got something else. */
function invalidArgument(first: string, quoted: readonly string[], command: Command | undefined): string {
  const isOption = first.startsWith('option ')
  const [flagOrValue = '', valueOrName = ''] = quoted
  const option = command?.options.find(({ flags }) => flags === flagOrValue)
  const argument = argumentNamed(valueOrName, command)
  const choices = (isOption ? option?.argChoices : argument?.argChoices) ?? []
  const subject = isOption ? longName(option, flagOrValue) : `<${valueOrName}>`
  return `${subject} must be ${listed(choices)}, got ${isOption ? valueOrName : flagOrValue}`
}

/** As it is to be written, with its choices: `--target envoy`, `--format human|json`. */
function optionNamed(flags: string, command: Command | undefined): string {
  const option = command?.options.find((one) => one.flags === flags)
  const choices = option?.argChoices?.join('|')
  return choices === undefined ? flags : `${longName(option, flags)} ${choices}`
}

function argumentNamed(name: string, command: Command | undefined): Argument | undefined {
  return command?.registeredArguments.find((one) => one.name() === name)
}

function longName(option: Option | undefined, flags: string): string {
  return option?.long ?? flags
}

function argumentsAllowed(command: Command | undefined): string {
  const count = command?.registeredArguments.length ?? 0
  if (count === 0) return 'it takes no arguments'
  return `it takes at most ${count} argument${count === 1 ? '' : 's'}`
}

function usageLine(command: Command): string {
  return `usage: watertight ${command.name()} ${command.usage()}`
}

/** `human, json or sarif` */
function listed(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
}
