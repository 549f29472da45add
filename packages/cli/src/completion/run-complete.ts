import { type Complete, type Command as Completable, RootCommand } from '@bomb.sh/tab'
import type { Argument, Command, Option } from 'commander'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { loadSuggestions, type Suggestions } from './suggestions.js'
import { printed } from './printed.js'

/** Answers a shell that asks what may come next; `words` are those after the program's name. */
export async function runComplete(
  program: Command,
  words: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const suggestions = await loadSuggestions(words, terminal)
  const root = new RootCommand()
  addOptions(root, program, suggestions)
  for (const command of program.createHelp().visibleCommands(program)) {
    const completable = root.command(command.name(), command.description())
    addOptions(completable, command, suggestions)
    for (const argument of command.registeredArguments) {
      completable.argument(argument.name(), offer(valuesOf(argument, suggestions)), argument.variadic)
    }
  }
  terminal.out.write(
    printed(() => {
      root.parse([...words])
    }),
  )
  return EXIT.ok
}

function addOptions(completable: Completable, command: Command, suggestions: Suggestions): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const name = option.long?.slice(2)
    if (name === undefined) continue
    const alias = option.short?.slice(1)
    // Without a handler the library takes an option for a switch.
    if (option.required || option.optional) {
      completable.option(name, option.description, offer(valuesOf(option, suggestions)), alias)
    } else if (alias === undefined) {
      completable.option(name, option.description)
    } else {
      completable.option(name, option.description, alias)
    }
  }
}

function valuesOf(place: Argument | Option, suggestions: Suggestions): readonly string[] {
  if (place.argChoices !== undefined) return place.argChoices
  const name = place.name()
  if (/^(file|from|output)$/.test(name)) return suggestions.files
  return suggestions.byName.get(name) ?? []
}

function offer(values: readonly string[]): (complete: Complete) => void {
  return (complete) => {
    for (const value of values) complete(value, '')
  }
}
