import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Certificates, certificateFiles, readCertificates } from '../certificates/read-certificates.js'
import type { CertificateSource } from './credentials.js'

export const certificateSources: {
  /** The folder of a workload, as `watertight certs` writes it. */
  folder(path: string): CertificateSource
  /** A chain and its key, for a listener that everybody may call. */
  files(certificate: string, key: string): CertificateSource
} = {
  folder: (path) => ({
    paths: Object.values(certificateFiles).map((file) => join(path, file)),
    read: () => readCertificates(path),
  }),
  files: (certificate, key) => ({
    paths: [certificate, key],
    read: async (): Promise<Certificates> => ({
      certificate: await readFile(certificate, 'utf8'),
      key: await readFile(key, 'utf8'),
      trust: '',
    }),
  }),
}
