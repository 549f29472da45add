import type { Console } from '@watertight/console'
import { instanceNames, nameColumns, serverNames, sidecarOf, type ProcessName } from '../services/names.js'
import type { Colors } from './colors.js'

import { orderCommand, slowCommand, type Running } from './commands.js'

/** What is printed once everything is up: where things are, and what to try. */
export function welcome(
  running: Running,
  { pageUrl, console }: { readonly pageUrl: string; readonly console: Console | undefined },
  colors: Colors,
): string[] {
  const { faint, strong } = colors
  const row = (name: ProcessName, url: string, sidecar?: ProcessName) => {
    const beside = sidecar === undefined ? '' : `, sidecar ${running.pid(sidecar)}`
    return `  ${name.padEnd(nameColumns)} ${url.padEnd(23)} ${faint(`pid ${running.pid(name)}${beside}`)}`
  }
  const instances = instanceNames.filter((name) => running.names.includes(name))
  return [
    `${strong('The shop is open.')} Its processes, each with a sidecar beside it:`,
    row('gateway', running.gatewayUrl),
    ...instances.map((name) => row(name, running.url(name), sidecarOf(name))),
    ...serverNames
      .filter((name) => running.names.includes(name))
      .map((name) => row(name, pageOf(name, running))),
    `  ${faint('canary is the next version of order; tax is Python')}`,
    `  ${'logs'.padEnd(nameColumns)} ${running.dataFolder}/data/NAME/log.jsonl`,
    ...(console === undefined
      ? []
      : [
          `  ${'console'.padEnd(nameColumns)} ${strong(console.url)}  ${faint(`token for changes: ${console.token}`)}`,
        ]),
    '',
    `Open ${pageUrl} in a browser, or try in another terminal:`,
    `  ${faint('order something')}`,
    `  ${orderCommand(running)}`,
    `  ${faint('see what order does about those it calls')}`,
    `  curl -s ${running.url('order')}/metrics | grep watertight_`,
    `  ${faint('make payment slow for 20 s')}`,
    `  ${slowCommand(running, running.faultToken)}`,
    `  ${faint('kill inventory, or the sidecar beside it')}`,
    `  kill -9 ${running.pid('inventory')}`,
    `  kill -9 ${running.pid('inventory-sidecar')}`,
    `  ${faint('give 5% of the orders to the canary: in watertight.yaml of this example')}`,
    `  change ${strong('canary: 0')} to ${strong('canary: 5')}, save, and look at the line ${strong('canary')} below`,
    '',
  ]
}

/** Where people look at it in a browser, for a server that has such a page. */
const pageOf = (name: ProcessName, { pages }: Running): string => pages.get(name) ?? ''
