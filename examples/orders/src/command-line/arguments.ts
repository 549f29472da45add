import { fileURLToPath } from 'node:url'
import { nearestSpelling } from '@watertight/policy/options'

/** What a run is asked to do. */
export interface Arguments {
  readonly help: boolean
  /** The gateway's port; 0 takes a free one. Default 8443, or the environment's `PORT`. */
  readonly port: number
  /** Checkouts per second. Default 20. */
  readonly rate: number
  /** Whether that rate was asked for. */
  readonly rateIsGiven: boolean
  /** Ends by itself after this long; without it, Ctrl-C does. */
  readonly seconds?: number
  readonly dataFolder: string
  /** What changes the document: `engines`, `engines,own-sagas`. */
  readonly profile?: string
  readonly load: boolean
  readonly console: boolean
  readonly json: boolean
}

/** An option that is unknown or has a wrong value. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'ORDERS_USAGE'
}

const switches = ['--no-load', '--no-console', '--json', '--help'] as const
const optionNames = ['--port', '--rate', '--seconds', '--data', '--profile', ...switches] as const
type OptionName = (typeof optionNames)[number]

/** Without `--data`, the run is kept where `watertight` keeps it, beside the document, from wherever it is started. */
const DEFAULT_DATA_FOLDER = fileURLToPath(new URL('../../.watertight', import.meta.url))

/** @throws {@link UsageError} saying what is allowed and what was given */
export function parseArguments(words: readonly string[], environment: NodeJS.ProcessEnv): Arguments {
  const given = new Map<OptionName, string>()
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    const name = optionName(equals < 0 ? word : word.slice(0, equals))
    if (switches.some((one) => one === name)) {
      if (equals >= 0) throw new UsageError(`cannot read ${word}: ${name} takes no value`)
      given.set(name, '')
      continue
    }
    const value = equals < 0 ? words[(index += 1)] : word.slice(equals + 1)
    if (value === undefined || value === '') throw new UsageError(`cannot read ${name}: its value is missing`)
    const former = name === '--profile' ? given.get(name) : undefined
    given.set(name, former === undefined ? value : `${former},${value}`)
  }
  const seconds = given.get('--seconds')
  if (given.has('--json') && seconds === undefined && !given.has('--help')) {
    throw new UsageError('cannot use --json: it is for runs that end by themselves, so it needs --seconds')
  }
  const profile = given.get('--profile')
  const portName = given.has('--port') ? '--port' : 'PORT'
  return {
    help: given.has('--help'),
    port: number(portName, given.get('--port') ?? environment['PORT'] ?? '8443', {
      from: 0,
      to: 65_535,
      whole: true,
    }),
    rate: number('--rate', given.get('--rate') ?? '20', { from: 0.1, to: 2_000 }),
    rateIsGiven: given.has('--rate'),
    ...(seconds === undefined ? {} : { seconds: number('--seconds', seconds, { from: 1, to: 86_400 }) }),
    ...(profile === undefined ? {} : { profile }),
    // What embedded stores hold does not move to real ones by itself, so that each has a folder of its own.
    dataFolder:
      given.get('--data') ??
      DEFAULT_DATA_FOLDER + (profile === undefined ? '' : `-${profile.replaceAll(/\s*,\s*/g, '+')}`),
    load: !given.has('--no-load'),
    // Whoever wants a summary for a machine looks at no page.
    console: !given.has('--no-console') && !given.has('--json'),
    json: given.has('--json'),
  }
}

function optionName(word: string): OptionName {
  if (word === '-h') return '--help'
  const name = optionNames.find((option) => option === word)
  if (name !== undefined) return name
  const suggestion = nearestSpelling(word, optionNames)
  const hint = suggestion === undefined ? 'see --help' : `did you mean ${suggestion}?`
  throw new UsageError(`cannot read option ${JSON.stringify(word)}: ${hint}`)
}

interface Range {
  readonly from: number
  readonly to: number
  readonly whole?: boolean
}

function number(name: string, text: string, { from, to, whole = false }: Range): number {
  const value = Number(text)
  const isRight = text.trim() !== '' && value >= from && value <= to && (!whole || Number.isInteger(value))
  if (isRight) return value
  const kind = whole ? 'a whole number' : 'a number'
  throw new UsageError(
    `cannot read ${name}: it must be ${kind} from ${from} to ${to}, got ${JSON.stringify(text)}`,
  )
}
