import type { Address } from '../clusters/upstream.js'
import type { Json } from '../json.js'
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

/** Everybody, where whoever comes in has shown who it is. */
const EVERYWHERE = [
  { address: '0.0.0.0', prefix: 0, family: 'ipv4' },
  { address: '::', prefix: 0, family: 'ipv6' },
] as const

/**
 * Where others reach the service of a sidecar. A part of the system says truly how long it waits; of whom nothing is known,
 * control headers do not count.
 */
export function inboundListener(
  address: Address,
  { tls, callers }: { readonly tls: Json | undefined; readonly callers: Json | undefined },
): ListenerOptions {
  return {
    name: 'inbound',
    address,
    tls,
    filters: callers === undefined ? [] : [callers],
    manager: {
      skip_xff_append: true,
      internal_address_config: networks(tls === undefined ? [] : EVERYWHERE),
      http_protocol_options: { enable_trailers: true },
    },
  }
}
