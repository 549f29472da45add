import { fixedAnswers, type ListenerOptions, rateLimiting } from './listener.js'
import { networks } from './networks.js'

/** Who runs beside a sidecar is trusted by it. */
const LOOPBACK = [
  { address: '127.0.0.0', prefix: 8, family: 'ipv4' },
  { address: '::1', prefix: 128, family: 'ipv6' },
] as const

/** Where the service of a sidecar finds one that it calls: on loopback, in plain HTTP. */
export function sidecarListener(callee: string, port: number, hasFixedAnswers: boolean): ListenerOptions {
  return {
    name: `to-${callee}`,
    address: { host: '127.0.0.1', port },
    tls: undefined,
    filters: [rateLimiting, ...(hasFixedAnswers ? [fixedAnswers] : [])],
    manager: {
      skip_xff_append: true,
      internal_address_config: networks(LOOPBACK),
      http_protocol_options: { enable_trailers: true },
    },
  }
}

/** Where others reach the service of a sidecar. Who they are is not known, so that nobody's control headers count. */
export function inboundListener(host: string, port: number): ListenerOptions {
  return {
    name: 'inbound',
    address: { host, port },
    tls: undefined,
    filters: [],
    manager: {
      skip_xff_append: true,
      internal_address_config: networks([]),
      http_protocol_options: { enable_trailers: true },
    },
  }
}
