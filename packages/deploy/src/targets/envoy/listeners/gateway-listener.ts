import { dirname, resolve } from 'node:path'
import type { GatewayModel, ListenModel } from '@watertight/manifest'
import type { PathOf } from '../clusters/cluster.js'
import { type Json, seconds, typed } from '../json.js'
import { CORS_FILTER } from '../routes/cors-filter.js'
import { FAULT_FILTER, FAULT_TYPE } from '../routes/fault-filter.js'
import { fixedAnswers, httpFilter, type ListenerOptions, rateLimiting } from './listener.js'
import { networks } from './networks.js'

const BODY_FILTER = 'envoy.filters.http.body_size_limit'
const BODY_TYPE = 'envoy.extensions.filters.http.body_size_limit.v3.BodySizeLimit'
export const GATEWAY = 'gateway'

/** How the gateway of the document listens, and what it lets in. */
export function gatewayListener(
  gateway: GatewayModel,
  { host, port, tls }: ListenModel,
  { hasFixedAnswers, sourceOf }: { readonly hasFixedAnswers: boolean; readonly sourceOf: PathOf },
): ListenerOptions {
  const { bodyBytes } = gateway.limits
  const bodyLimit = Number.isFinite(bodyBytes)
    ? [httpFilter(BODY_FILTER, BODY_TYPE, { max_request_bytes: String(bodyBytes) })]
    : []
  return {
    name: GATEWAY,
    address: { host: host === 'localhost' ? '127.0.0.1' : host, port },
    tls: tls === undefined ? undefined : downstreamTls(sourceOf),
    filters: [
      ...bodyLimit,
      httpFilter(CORS_FILTER, 'envoy.extensions.filters.http.cors.v3.Cors'),
      httpFilter(FAULT_FILTER, FAULT_TYPE),
      rateLimiting,
      ...(hasFixedAnswers ? [fixedAnswers] : []),
    ],
    manager: manager(gateway),
  }
}

function manager(gateway: GatewayModel): Json {
  const { limits, trust, normalizePath, mergeSlashes, http10 } = gateway
  return {
    internal_address_config: networks(trust),
    common_http_protocol_options: {
      idle_timeout: limit(limits.idleMs),
      ...(Number.isFinite(limits.requestsPerConnection)
        ? { max_requests_per_connection: limits.requestsPerConnection }
        : {}),
    },
    request_headers_timeout: limit(limits.headersTimeoutMs),
    request_timeout: limit(limits.requestTimeoutMs),
    max_request_headers_kb: Math.min(8_192, Math.max(1, Math.ceil(limits.headersBytes / 1_024))),
    normalize_path: normalizePath,
    merge_slashes: mergeSlashes,
    path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
    http_protocol_options: {
      enable_trailers: true,
      ...(http10 ? { accept_http_10: true, default_host_for_http_10: GATEWAY } : {}),
    },
    ...(gateway.continue === 'service' ? { proxy_100_continue: true } : {}),
  }
}

function limit(ms: number): string {
  return Number.isFinite(ms) ? seconds(ms) : '0s'
}

/** The certificate comes from a file that Envoy watches, so that it is renewed without a restart. */
function downstreamTls(sourceOf: PathOf): Json {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [
          { name: GATEWAY, sds_config: sourceOf(`secrets/${GATEWAY}.json`) },
        ],
      },
    }),
  }
}

/** The certificate of the gateway. Files are relative to the document. */
export function gatewaySecret(tls: NonNullable<ListenModel['tls']>, documentFolder: string): Json {
  const certificate = resolve(documentFolder, tls.certificate)
  return typed('envoy.extensions.transport_sockets.tls.v3.Secret', {
    name: GATEWAY,
    tls_certificate: {
      certificate_chain: { filename: certificate },
      private_key: { filename: resolve(documentFolder, tls.key) },
      watched_directory: { path: dirname(certificate) },
    },
  })
}
