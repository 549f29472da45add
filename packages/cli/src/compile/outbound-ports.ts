import { suggest } from '@watertight/manifest/tooling'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'

/** Where a sidecar is called when neither document nor user says it: from here on, in the order of the calls in the document. */
const FIRST_PORT = 15_001

/**
 * The port of each service that a sidecar is called for.
 *
 * @throws CommandError when a port is none, or nobody calls such a service.
 */
export function outboundPorts(
  given: readonly string[],
  callees: readonly string[],
  documented: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const said = new Map([
    ...documented,
    ...given.map((text): [string, number] => {
      const [service = '', port = ''] = text.split('=', 2)
      if (!callees.includes(service)) {
        throw usage(`--outbound must name a service that is called, got ${text}`, suggest(service, callees))
      }
      return [service, readPort('--outbound', port)]
    }),
  ])
  const taken = new Set(said.values())
  let next = FIRST_PORT
  return Object.fromEntries(
    callees.map((callee) => {
      const own = said.get(callee)
      if (own !== undefined) return [callee, own]
      while (taken.has(next)) next += 1
      return [callee, next++]
    }),
  )
}

/** @throws CommandError for what is no port. */
export function readPort(option: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw usage(`${option} must be a port from 1 to 65535, got ${text}`)
}

function usage(reason: string, hint?: string): CommandError {
  return new CommandError(`cannot run compile: ${reason}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
    ...(hint === undefined ? {} : { hint }),
  })
}
