import { isDue } from '@watertight/proxy/certificates'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { type CertsOptions, openCertificates, requireHolders } from './certs-options.js'
import { tellCertificates } from './tell-certificates.js'

const DAY_MS = 86_400_000

/** Issues anew what nears its end, what is named, or all; or makes a new authority. */
export async function rotateCerts(
  services: readonly string[],
  options: CertsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { folder, shown, model, days } = await openCertificates(options, terminal)
  const now = new Date()
  if (options.authority === true) await folder.renewAuthority(now, days ?? 365)
  const named = services.length === 0 ? undefined : requireHolders(services, model)
  const due = (await folder.list()).filter(
    (one) => named?.includes(one.service) ?? (options.all === true || isDue(one, now)),
  )
  const issued = []
  for (const one of due) {
    const lifeDays = Math.round((one.notAfter.getTime() - one.notBefore.getTime()) / DAY_MS)
    const holdsDays = options.authority === true ? lifeDays : (days ?? lifeDays)
    issued.push(await folder.issue(one.service, one.hosts, now, Math.max(holdsDays, 1)))
  }
  tellCertificates('issued', issued, shown, options, terminal)
  if (options.authority === true && options.json !== true) {
    terminal.out.write(
      'The new authority is trusted beside the old one. Once every process has read it, watertight certs rotate --all\n',
    )
  }
  return EXIT.ok
}
