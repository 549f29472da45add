import { dirname, join } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import { CertificateFolder, trustDomainOf } from '@watertight/proxy/certificates'
import { holdersOf, hostsFor } from '../certificates/certs-options.js'
import { isDue } from '../certificates/is-due.js'

const AUTHORITY_DAYS = 365
const CERTIFICATE_DAYS = 30

/** Makes the certificates of a run beside its document: what is missing, and what nears its end. */
export async function makeRunCertificates(file: string, model: SystemModel): Promise<void> {
  const now = new Date()
  const folder = new CertificateFolder(join(dirname(file), 'certs'), trustDomainOf(model.name))
  if (!(await folder.exists())) await folder.create(now, AUTHORITY_DAYS)
  const held = new Map((await folder.list()).map((one) => [one.service, one]))
  for (const service of holdersOf(model)) {
    const one = held.get(service)
    if (one === undefined || isDue(one, now))
      await folder.issue(service, hostsFor(service), now, CERTIFICATE_DAYS)
  }
}
