import type { FiledCertificate } from '@watertight/proxy/certificates'
import { jsonText } from '../program/command-runner.js'
import type { Terminal } from '../program/terminal.js'
import type { CertsOptions } from './certs-options.js'

/** Tells which certificates were issued, or are there: one a line, or as JSON. */
export function tellCertificates(
  verb: 'issued' | 'holds',
  certificates: readonly FiledCertificate[],
  shown: string,
  { json }: CertsOptions,
  terminal: Terminal,
): void {
  const { out } = terminal
  if (json === true) {
    out.write(jsonText({ schemaVersion: 1, ok: true, folder: shown, [verb]: certificates }))
    return
  }
  if (certificates.length === 0) {
    out.write(verb === 'issued' ? 'nothing to issue\n' : `${shown} holds no certificates\n`)
    return
  }
  const width = Math.max(...certificates.map(({ service }) => service.length))
  const now = Date.now()
  for (const { service, identity, notAfter, trusted } of certificates) {
    const name = out.colours.bold(`${shown}/${service}`.padEnd(shown.length + width + 1))
    const end = !trusted
      ? out.colours.red('signed by an authority that is no longer trusted')
      : notAfter.getTime() < now
        ? out.colours.red(`ended on ${day(notAfter)}`)
        : `until ${day(notAfter)}`
    out.write(`${verb === 'issued' ? `${out.colours.green('issued')} ` : ''}${name}  ${identity}  ${end}\n`)
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
