import { type Json, typed } from '../json.js'

/** How a service is called over TLS: it must show a certificate that an authority of this file has signed. */
export function upstreamTls(authority: string | undefined, service: string): Json | undefined {
  if (authority === undefined) return undefined
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      sni: service,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        validation_context: { trusted_ca: { filename: authority } },
      },
    }),
  }
}
