import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of one workload. All three change together. */
export const certificateFiles = {
  certificate: 'certificate.pem',
  key: 'key.pem',
  trust: 'trust.pem',
} as const

/** What a workload shows to its peers, and whom it believes. Each is PEM. */
export interface Certificates {
  readonly certificate: string
  readonly key: string
  readonly trust: string
}

/**
 * Reads the certificates of one workload. They may be swapped for others at any moment: the link is followed once, so
 * that all three are of one version.
 */
export async function readCertificates(folder: string): Promise<Certificates> {
  const version = await realpath(folder)
  const [certificate, key, trust] = await Promise.all(
    [certificateFiles.certificate, certificateFiles.key, certificateFiles.trust].map((file) =>
      readFile(join(version, file), 'utf8'),
    ),
  )
  return { certificate: certificate ?? '', key: key ?? '', trust: trust ?? '' }
}
