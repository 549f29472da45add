import type { TLSSocket } from 'node:tls'
import { identityOf, workloadIdentity } from '../certificates/workload-identity.js'

/** What a caller's certificate comes to. */
export interface Admission {
  /** An authority that is believed vouches for it, and it names one workload. */
  readonly isBelieved: boolean
  readonly identity: string | undefined
  /** Why it may not call. */
  readonly refused: string | undefined
}

/** Who may call a service: those on a list, by what their certificates say. */
export class AllowedCallers {
  private readonly identities: ReadonlySet<string> | undefined

  /** `callers` are names of services, or identities; `any` is everybody whom an authority vouches for. */
  constructor(trustDomain: string, callers: readonly string[] | 'any') {
    this.identities =
      callers === 'any'
        ? undefined
        : new Set(
            callers.map((caller) =>
              caller.startsWith('spiffe://') ? caller : workloadIdentity(trustDomain, caller),
            ),
          )
  }

  /** Judges a connection whose handshake has ended. */
  judge(socket: TLSSocket): Admission {
    if (!socket.authorized) {
      const reason = String(socket.authorizationError ?? 'there is none')
      return unbelieved(`the caller's certificate is not trusted: ${reason}`)
    }
    const identity = identityOf(socket.getPeerX509Certificate()?.subjectAltName)
    if (identity === undefined) return unbelieved("the caller's certificate names no workload")
    const isAllowed = this.identities?.has(identity) ?? true
    return { isBelieved: true, identity, refused: isAllowed ? undefined : `${identity} may not call` }
  }
}

function unbelieved(refused: string): Admission {
  return { isBelieved: false, identity: undefined, refused }
}
