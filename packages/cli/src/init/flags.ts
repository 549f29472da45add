import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import { containerKind } from './sources/container-kind.js'
import { manifestName, type ServiceSketch, type SystemSketch } from './system-sketch.js'

export interface FlagOptions {
  readonly system?: string
  /** `order` or `order=7001`. */
  readonly service?: readonly string[]
  /** `order:payment`. */
  readonly call?: readonly string[]
  /** `order=node dist/order.js`. */
  readonly run?: readonly string[]
}

/**
 * The system that flags describe; without any, a first example of two services.
 *
 * @throws CommandError when a flag cannot be read.
 */
export function sketchFromFlags(flags: FlagOptions, folderName: string): SystemSketch {
  const isExample = flags.service === undefined && flags.call === undefined && flags.run === undefined
  const calls = (isExample ? ['order:payment'] : (flags.call ?? [])).map(readCall)
  const ports = new Map(flags.service?.map(readService))
  const commands = new Map(flags.run?.map(readRun))
  const names = new Set([...ports.keys(), ...commands.keys(), ...calls.flat()])
  const services = [...names].map((name): ServiceSketch => {
    const port = ports.get(name)
    const run = commands.get(name)
    // What is run here answers by HTTP, whatever its name says.
    const kind =
      run === undefined ? containerKind({ name, ports: port === undefined ? [] : [port] }) : 'service'
    return {
      name,
      kind,
      ...(port === undefined ? {} : { port }),
      ...(run === undefined ? {} : { run }),
      ...(kind === 'service' ? { live: '/healthz', ready: '/readyz' } : {}),
      calls: calls.filter(([from]) => from === name).map(([, to]) => to),
    }
  })
  const notes = isExample ? ['An example: put your own services in the place of order and payment.'] : []
  return { system: manifestName(flags.system ?? folderName), services, notes }
}

/** Reads `order:payment`; `order->payment`, `order > payment` and `order payment` are understood too. */
export function readCall(text: string): readonly [from: string, to: string] {
  const names = text.trim().split(/\s*(?:->|→|>|:)\s*|\s+/)
  const [from, to] = names
  if (names.length !== 2 || from === undefined || to === undefined || !isName(from) || !isName(to)) {
    throw unreadable('call', text, 'two names are allowed, such as order:payment')
  }
  if (from === to) throw unreadable('call', text, 'a service does not call itself')
  return [from, to]
}

/** Reads `order` or `order=7001`. */
export function readService(text: string): readonly [name: string, port: number | undefined] {
  const [name = '', portText, ...more] = text.trim().split(/[=:]/)
  const port = portText === undefined ? undefined : Number(portText)
  if (!isName(name) || more.length > 0)
    throw unreadable('service', text, `${NAME_RULE}, then =PORT if you like`)
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw unreadable('service', text, 'a port from 1 to 65535 is allowed')
  }
  return [name, port]
}

/** Reads `order=node dist/order.js`. */
export function readRun(text: string): readonly [name: string, command: string] {
  const [, name = '', command = ''] = /^\s*([^=\s]*)\s*=\s*([^]*?)\s*$/.exec(text) ?? []
  if (isName(name) && command !== '' && !/[\r\n]/.test(command)) return [name, command]
  throw unreadable(
    'run',
    text,
    'a name and a command of one line are allowed, such as order=node dist/order.js',
  )
}

/** What a name may look like. */
const NAME_RULE = 'lower-case letters, digits and dashes, from a letter on'

function isName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,62}$/.test(text)
}

function unreadable(flag: string, given: string, allowed: string): CommandError {
  return new CommandError(`cannot read --${flag}: ${allowed}, got ${JSON.stringify(given)}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
  })
}
