import { join } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import type { PathOf } from '../clusters/cluster.js'
import { type Json, typed } from '../json.js'

const SECRET = 'envoy.extensions.transport_sockets.tls.v3.Secret'
const OWN = 'workload'
const TRUST = 'trust'
const PARAMETERS: Json = { tls_minimum_protocol_version: 'TLSv1_2' }

/**
 * The certificates by which sidecars and gateway know one another, as `watertight certs` keeps them: a folder for each
 * workload, which is a link that is moved. Envoy looks at the folder in which the link stands, so that what is rotated is
 * in force for new connections and cuts none.
 */
export class WorkloadTls {
  readonly #system: string
  readonly #certificates: string
  readonly #own: string
  readonly #sourceOf: PathOf

  /** @param certificates the folder with a folder for each workload */
  constructor(model: SystemModel, certificates: string, own: string, sourceOf: PathOf) {
    this.#system = model.name
    this.#certificates = certificates
    this.#own = own
    this.#sourceOf = sourceOf
  }

  /** What Envoy shows, and whom it believes, in a file each. */
  get files(): readonly (readonly [name: string, secret: Json])[] {
    const path = (name: string): Json => ({ filename: join(this.#certificates, this.#own, name) })
    const watched = { watched_directory: { path: this.#certificates } }
    const own = {
      name: OWN,
      tls_certificate: {
        certificate_chain: path('certificate.pem'),
        private_key: path('key.pem'),
        ...watched,
      },
    }
    const trust = { name: TRUST, validation_context: { trusted_ca: path('trust.pem'), ...watched } }
    return [
      [`secrets/${OWN}.json`, typed(SECRET, own)],
      [`secrets/${TRUST}.json`, typed(SECRET, trust)],
    ]
  }

  /** How a service of the system is called: it must prove to be that service, wherever it is. */
  upstream(service: string, protocol: string): Json {
    const identity = { san_type: 'URI', matcher: { exact: this.#identityOf(service) } }
    return {
      name: 'envoy.transport_sockets.tls',
      typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
        common_tls_context: {
          tls_params: PARAMETERS,
          alpn_protocols: [protocol === 'h2' ? 'h2' : 'http/1.1'],
          tls_certificate_sds_secret_configs: [this.#secret(OWN)],
          combined_validation_context: {
            default_validation_context: { match_typed_subject_alt_names: [identity] },
            validation_context_sds_secret_config: this.#secret(TRUST),
          },
        },
      }),
    }
  }

  /** How others are let in: they must show a certificate that is believed. */
  downstream(): Json {
    return {
      name: 'envoy.transport_sockets.tls',
      typed_config: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
        require_client_certificate: true,
        common_tls_context: {
          tls_params: PARAMETERS,
          alpn_protocols: ['h2', 'http/1.1'],
          tls_certificate_sds_secret_configs: [this.#secret(OWN)],
          validation_context_sds_secret_config: this.#secret(TRUST),
        },
      }),
    }
  }

  /** Who of those may call; undefined for all of them. */
  callersFilter(callers: readonly string[] | 'any'): Json | undefined {
    if (callers === 'any') return undefined
    const principals = callers.map((caller) => ({
      authenticated: { principal_name: { exact: this.#identityOf(caller) } },
    }))
    // Envoy takes no policy without a principal: where nobody may call, none is written, and all are refused.
    const policies = principals.length === 0 ? {} : { callers: { permissions: [{ any: true }], principals } }
    return {
      name: 'envoy.filters.http.rbac',
      typed_config: typed('envoy.extensions.filters.http.rbac.v3.RBAC', {
        rules: { action: 'ALLOW', policies },
      }),
    }
  }

  #secret(name: string): Json {
    return { name, sds_config: this.#sourceOf(`secrets/${name}.json`) }
  }

  /** A SPIFFE identity, in the letters that a trust domain may have. */
  #identityOf(caller: string): string {
    if (caller.startsWith('spiffe://')) return caller
    return `spiffe://${this.#system.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '-')}/${caller}`
  }
}
