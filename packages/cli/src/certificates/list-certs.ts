import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { type CertsOptions, openCertificates } from './certs-options.js'
import { tellCertificates } from './tell-certificates.js'

/** Shows what was issued. */
export async function listCerts(options: CertsOptions, terminal: Terminal): Promise<ExitCode> {
  const { folder, shown } = await openCertificates(options, terminal)
  tellCertificates('holds', await folder.list(), shown, options, terminal)
  return EXIT.ok
}
