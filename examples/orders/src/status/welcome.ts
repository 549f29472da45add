import { serviceNames, type ServiceName } from '../services/names.js'
import type { Colors } from './colors.js'

/** What is worth knowing about a running system. */
export interface Running {
  readonly faultToken: string
  readonly dataFolder: string
  url(name: ServiceName): string
  pid(name: ServiceName): number | undefined
}

/** What is printed once everything is up: where things are, and what to try. */
export function welcome(system: Running, colors: Colors): string[] {
  const post = (url: string, body: string) => `curl -s ${url} -d '${body}'`
  const order = '{"customer":"c-1","items":[{"sku":"book-42","quantity":2}],"card":"tok_ok"}'
  const slow = '{"latencyMs":3000,"forSeconds":20}'
  const token = `-H 'x-fault-token: ${system.faultToken}'`
  return [
    `${colors.strong('The shop is open.')} Its services:`,
    ...serviceNames.map(
      (name) =>
        `  ${name.padEnd(10)} ${system.url(name).padEnd(22)}   ${colors.faint(`pid ${system.pid(name)}`)}`,
    ),
    `  logs       ${system.dataFolder}/NAME/log.jsonl`,
    '',
    `Open ${system.url('gateway')}/ in a browser, or try in another terminal:`,
    `  ${colors.faint('order something')}`,
    `  ${post(`${system.url('gateway')}/orders`, order)}`,
    `  ${colors.faint('see what order does about those it calls')}`,
    `  curl -s ${system.url('order')}/metrics | grep watertight_`,
    `  ${colors.faint('make payment slow for 20 s')}`,
    `  ${post(`${system.url('payment')}/faults ${token}`, slow)}`,
    `  ${colors.faint('kill inventory')}`,
    `  kill -9 ${system.pid('inventory')}`,
    '',
  ]
}
