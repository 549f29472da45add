import type { Dispatcher } from 'undici'

type GivenHeaders = Dispatcher.DispatchOptions['headers']

/** Any form in which the transport takes headers, as names and values in turn, ready for more. */
export function flatHeaders(given: GivenHeaders): string[] {
  if (given === undefined || given === null) return []
  if (Array.isArray(given)) return [...given]
  const entries = isIterable(given) ? given : Object.entries(given)
  const flat: string[] = []
  for (const [name, value] of entries) {
    if (value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) flat.push(name, one)
  }
  return flat
}

function isIterable(given: object): given is Iterable<[string, string | string[] | undefined]> {
  return Symbol.iterator in given
}
