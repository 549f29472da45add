import { join } from 'node:path'
import { CertificateFolder } from '../../../packages/proxy/dist/certificates/index.js'

/**
 * Certificates of the gateway and of the service that it calls, in a folder as `watertight certs init` makes it.
 * @param {string} folder where the document lies
 * @returns {Promise<string>}
 */
export async function issueCertificates(folder) {
  const path = join(folder, 'certs')
  const now = new Date()
  const certificates = new CertificateFolder(path, 'benchmark')
  await certificates.create(now, 30)
  for (const name of ['gateway', 'service'])
    await certificates.issue(name, ['localhost', '127.0.0.1'], now, 7)
  return path
}
