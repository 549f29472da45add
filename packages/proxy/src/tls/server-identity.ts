import type { PeerCertificate } from 'node:tls'
import { identityOf } from '../certificates/workload-identity.js'

/**
 * Checks that who answers is the service that was called: its identity counts and not its host, for endpoints move.
 * Undefined when it is, as `tls.connect` asks of its `checkServerIdentity`.
 */
export function serverIdentity(
  expected: string,
): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (_host, { subjectaltname }) => {
    const identity = identityOf(subjectaltname)
    if (identity === expected) return undefined
    return new Error(`${expected} was called, and ${identity ?? 'nobody with an identity'} answers`)
  }
}
