import type { Setting } from '../settings/setting.js'
import { readWhole } from '../settings/read.js'
import { Block } from '../writing/block.js'

const HTTP = ['HTTP', 'HTTP2', 'GRPC']

/** Where the gateway of the manifest listens, by the first server of HTTP that a Gateway of Istio has. */
export function gatewayListener(document: Setting, former: Block | undefined): Block | undefined {
  const servers = document.at('spec', 'servers')?.items ?? []
  const server = servers.find((one) => HTTP.includes(one.at('port', 'protocol')?.text.toUpperCase() ?? ''))
  for (const other of servers) {
    if (other !== server)
      other.decline(
        'a manifest has one gateway with one port: gateway.listen names its certificate, if it has one',
      )
  }
  if (server === undefined || former !== undefined) {
    document.decline('a manifest has one gateway, which gateway.listen describes')
    return former
  }
  const port = readWhole(server.at('port', 'number'), 1, 65_535)
  for (const key of ['name', 'protocol']) server.at('port', key)?.use()
  server.at('hosts')?.useAll()
  return port === undefined ? undefined : new Block().from('port', port.value, port.from)
}
