import { hostsFor } from '@watertight/proxy/certificates'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { type CertsOptions, openCertificates, requireHolders } from './certs-options.js'
import { tellCertificates } from './tell-certificates.js'

/** Issues certificates to the services named, or to all. */
export async function issueCerts(
  services: readonly string[],
  options: CertsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { folder, shown, model, days } = await openCertificates(options, terminal)
  const now = new Date()
  const issued = []
  for (const service of requireHolders(services, model)) {
    issued.push(await folder.issue(service, hostsFor(service, options.host), now, days ?? 30))
  }
  tellCertificates('issued', issued, shown, options, terminal)
  return EXIT.ok
}
