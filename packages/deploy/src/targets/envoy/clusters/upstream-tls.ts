import { type Json, typed } from '../json.js'

/** Where machines keep the authorities that they trust. */
const TRUSTED = '/etc/ssl/certs/ca-certificates.crt'

/**
 * How a service is called over TLS: it must show a certificate that an authority of the file has signed, for the name
 * by which it is called where that is looked up.
 */
export function upstreamTls(authority: string | undefined, protocol: string, isNamed: boolean): Json {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      ...(isNamed ? { auto_host_sni: true, auto_sni_san_validation: true } : {}),
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        alpn_protocols: [protocol === 'h2' ? 'h2' : 'http/1.1'],
        validation_context: { trusted_ca: { filename: authority ?? TRUSTED } },
      },
    }),
  }
}
