import type { SystemModel } from '@watertight/manifest'
import { CertificateFolder } from './certificate-folder.js'
import { certificateHolders, hostsFor } from './certificate-holders.js'
import { isDue } from './is-due.js'
import { trustDomainOf } from './workload-identity.js'

const AUTHORITY_DAYS = 365
const CERTIFICATE_DAYS = 30

/**
 * Makes the certificates of all that a document names, in a folder for development: what is missing, and what nears its
 * end. An authority whose end comes first is followed by a new one.
 */
export async function keepCertificates(path: string, model: SystemModel, now: Date): Promise<void> {
  const folder = new CertificateFolder(path, trustDomainOf(model.name))
  if (!(await folder.exists())) await folder.create(now, AUTHORITY_DAYS)
  else if ((await folder.endOfAuthority()).getTime() - now.getTime() < CERTIFICATE_DAYS * DAY_MS)
    await folder.renewAuthority(now, AUTHORITY_DAYS)
  const held = new Map((await folder.list()).map((one) => [one.service, one]))
  for (const service of certificateHolders(model)) {
    const one = held.get(service)
    if (one === undefined || isDue(one, now))
      await folder.issue(service, hostsFor(service), now, CERTIFICATE_DAYS)
  }
}

const DAY_MS = 86_400_000
