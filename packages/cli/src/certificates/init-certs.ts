import { certificateHolders, hostsFor } from '@watertight/proxy/certificates'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { type CertsOptions, openCertificates } from './certs-options.js'
import { tellCertificates } from './tell-certificates.js'

const CERTIFICATE_DAYS = 30

/** Makes the authority and the first certificate of every service. */
export async function initCerts(options: CertsOptions, terminal: Terminal): Promise<ExitCode> {
  const { folder, shown, model, days } = await openCertificates(options, terminal)
  const now = new Date()
  await folder.create(now, days ?? 365)
  const issued = []
  for (const service of certificateHolders(model)) {
    issued.push(await folder.issue(service, hostsFor(service), now, CERTIFICATE_DAYS))
  }
  tellCertificates('issued', issued, shown, options, terminal)
  if (options.json !== true) {
    const { dim } = terminal.out.colours
    terminal.out.write(
      dim(`Whoever reads ${shown}/authority/key.pem can be any service: keep it on this machine.\n`),
    )
  }
  return EXIT.ok
}
