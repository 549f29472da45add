import type { ProcessName } from '../services/names.js'

/** What the commands to copy are about. */
export interface Running {
  readonly faultToken: string
  readonly dataFolder: string
  readonly gatewayUrl: string
  readonly authorityFile: string
  readonly hasTax: boolean
  readonly names: readonly ProcessName[]
  /** Where people look at what a server has. */
  readonly pages: ReadonlyMap<string, string>
  url(name: ProcessName): string
  pid(name: ProcessName): number | undefined
}

const ORDER = '{"customer":"c-1","items":[{"sku":"book-42","quantity":2}],"card":"tok_ok"}'
const SLOW = '{"latencyMs":3000,"forSeconds":20}'

/** Orders something, by TLS. */
export function orderCommand({ gatewayUrl, authorityFile }: Running): string {
  return `curl -s --cacert ${quoted(authorityFile)} ${gatewayUrl}/orders -d '${ORDER}'`
}

/** Makes payment slow. */
export function slowCommand(running: Running, token: string): string {
  return `curl -s ${running.url('payment')}/faults -H 'x-fault-token: ${token}' -d '${SLOW}'`
}

/** A word of a shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
