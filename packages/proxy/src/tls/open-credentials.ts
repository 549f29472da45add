import { join, resolve } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import type { Posture } from '../posture.js'
import { certificateSources } from './certificate-sources.js'
import { type CertificateSource, Credentials } from './credentials.js'

/** What a proxy shows to those who call it from outside, and to the services of its system. */
export interface ProxyCredentials {
  /** Of a gateway that speaks TLS. */
  readonly listener: Credentials | undefined
  /** Of a system whose parts know one another by certificates. */
  readonly workload: Credentials | undefined
}

/** Certificates that a document asks for are not there, or are none. */
export class MissingCertificatesError extends Error {
  override readonly name = 'MissingCertificatesError'
  readonly code = 'WT_NO_CERTIFICATES'
}

/**
 * Reads the certificates that the document asks for: `gateway.listen.tls`, and with `mutualTls` the folder of this
 * workload in `certs`. `folder` is where the document lies.
 *
 * @throws {MissingCertificatesError} for what cannot be read: a proxy without them would speak plain text
 */
export async function openCredentials(
  model: SystemModel,
  posture: Posture,
  folder: string,
  onProblem: (problem: Error) => void,
): Promise<ProxyCredentials> {
  const name = posture.kind === 'gateway' ? 'gateway' : posture.service
  const { tls } = (posture.kind === 'gateway' ? model.document.gateway?.listen : undefined) ?? {}
  const open = (source: CertificateSource, hint: string): Promise<Credentials> =>
    Credentials.open(source, onProblem).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new MissingCertificatesError(`cannot use the certificates of ${name}: ${reason}; ${hint}`, {
        cause: error,
      })
    })
  return {
    listener:
      tls &&
      (await open(
        certificateSources.files(resolve(folder, tls.certificate), resolve(folder, tls.key)),
        'gateway.listen.tls names them',
      )),
    workload: model.mutualTls
      ? await open(
          certificateSources.folder(join(folder, 'certs', name)),
          'mutualTls asks for them, and watertight certs init makes them',
        )
      : undefined,
  }
}
