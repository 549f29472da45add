import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/**
 * Opens connections through a proxy: asks it by CONNECT for a way to the host (RFC 9110, section 9.3.6), and speaks to
 * the host through that, TLS included, so that the proxy sees nothing of an `https:` request.
 *
 * @param connect makes TLS of the way that the proxy has opened
 */
export function proxyTunnel(proxy: URL, connect: buildConnector.connector): buildConnector.connector {
  const request = proxy.protocol === 'https:' ? requestHttps : requestHttp
  const authorization = authorizationOf(proxy)
  const open = (target: buildConnector.Options, callback: buildConnector.Callback): Opening => {
    const isSecure = target.protocol === 'https:'
    const authority = `${target.hostname}:${target.port || (isSecure ? 443 : 80)}`
    const asking = request({
      protocol: proxy.protocol,
      hostname: unbracketed(proxy.hostname),
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorization },
      // A tunnel is for one connection.
      agent: false,
    })
    let opening: Opening = asking
    asking.once('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode !== 200) {
        socket.destroy()
        callback(new Error(`the proxy ${proxy.host} answered ${statusCode} to CONNECT`), null)
      } else if (isSecure) {
        opening = connect({ ...target, httpSocket: socket }, callback) as unknown as Opening
      } else callback(null, socket.setNoDelay(true))
    })
    asking.once('error', (error) => callback(error, null))
    asking.end()
    return { destroy: (reason) => opening.destroy(reason) }
  }
  return open
}

/** What is being opened, and may be given up. */
interface Opening {
  destroy(reason: Error): unknown
}

function authorizationOf({ username, password }: URL): { 'proxy-authorization'?: string } {
  if (username === '' && password === '') return {}
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
