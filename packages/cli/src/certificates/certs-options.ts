import { dirname, join, resolve } from 'node:path'
import { CertificateFolder, certificateHolders, trustDomainOf } from '@watertight/proxy/certificates'
import type { SystemModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import { locateDocument, shownPath } from '../document/load-document.js'
import { requireSystem } from '../document/require-system.js'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface CertsOptions {
  readonly manifest?: string
  readonly dir?: string
  readonly host?: readonly string[]
  readonly days?: string
  readonly all?: boolean
  readonly authority?: boolean
  readonly json?: boolean
}

/** The folder of certificates, and the document that says whom they are for. */
export interface CertificateWork {
  readonly folder: CertificateFolder
  /** The folder as its user would write it. */
  readonly shown: string
  readonly model: SystemModel
  /** How long what is made now shall hold, where the user says so. */
  readonly days: number | undefined
}

/** What every command on certificates begins with. */
export async function openCertificates(options: CertsOptions, terminal: Terminal): Promise<CertificateWork> {
  const days = readDays(options.days)
  const { model } = await requireSystem(options.manifest, terminal)
  const path =
    options.dir === undefined
      ? join(
          options.manifest === '-' ? terminal.cwd : dirname(locateDocument(options.manifest, terminal)),
          'certs',
        )
      : resolve(terminal.cwd, options.dir)
  return {
    folder: new CertificateFolder(path, trustDomainOf(model.name)),
    shown: shownPath(path, terminal),
    model,
    days,
  }
}

/** @throws CommandError for a service that the document does not have. */
export function requireHolders(given: readonly string[], model: SystemModel): readonly string[] {
  const holders = certificateHolders(model)
  const unknown = given.find((name) => !holders.includes(name))
  if (unknown === undefined) return given.length === 0 ? holders : given
  throw new CommandError(`cannot issue a certificate: there is no service ${unknown} in the document`, {
    code: 'WT_UNKNOWN_SERVICE',
    exitCode: EXIT.usage,
    hint: suggest(unknown, holders),
  })
}

function readDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days
  throw new CommandError(`cannot run certs: --days must be an integer from 1 to 3650, got ${text}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
  })
}
