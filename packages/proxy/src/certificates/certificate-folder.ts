import { X509Certificate, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KeyedCertificate, createAuthority, issueCertificate } from './issue-certificate.js'
import { CertificateError } from './errors.js'
import { certificateFiles, readCertificates } from './read-certificates.js'
import { swapFolder } from './swap-folder.js'
import { identityOf, workloadIdentity } from './workload-identity.js'

const AUTHORITY = 'authority'
const AUTHORITY_NAME = 'Watertight development authority'

/** One certificate of a folder, as `watertight certs list` shows it. */
export interface FiledCertificate {
  readonly service: string
  readonly identity: string
  readonly hosts: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
  /** Whether an authority that its holders trust today has signed it. */
  readonly trusted: boolean
}

/**
 * An authority for development and what it has issued, in one folder:
 *
 *     certs/authority/   the key that signs; whoever reads it can be anybody
 *     certs/payment/     certificate.pem, key.pem and trust.pem (the authorities to believe), swapped all at once
 *
 * Nothing of it belongs in version control, and a `.gitignore` inside says so.
 */
export class CertificateFolder {
  readonly path: string
  private readonly trustDomain: string

  constructor(path: string, trustDomain: string) {
    this.path = path
    this.trustDomain = trustDomain
  }

  /** Whether there is an authority. */
  async exists(): Promise<boolean> {
    return (await readIfThere(join(this.path, AUTHORITY, certificateFiles.certificate))) !== undefined
  }

  /** When the authority that signs ends. */
  async endOfAuthority(): Promise<Date> {
    return expiryOf((await this.authority()).certificate)
  }

  /**
   * Makes the authority, once.
   *
   * @throws CertificateError when there is one already: what it has issued would be worth nothing.
   */
  async create(now: Date, days: number): Promise<void> {
    if (await this.exists()) {
      throw new CertificateError(
        `cannot create an authority: ${this.path} has one already`,
        'WT_AUTHORITY_EXISTS',
      )
    }
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    await writeFile(join(this.path, '.gitignore'), '*\n')
    await this.writeAuthority(await createAuthority(AUTHORITY_NAME, { now, days }), [])
  }

  /** Issues a certificate to a service, in place of the one that it may have. */
  async issue(service: string, hosts: readonly string[], now: Date, days: number): Promise<FiledCertificate> {
    if (service === AUTHORITY) {
      throw new CertificateError(
        `cannot issue a certificate: a service must not be called "${AUTHORITY}", its folder is taken`,
        'WT_RESERVED_NAME',
      )
    }
    const identity = workloadIdentity(this.trustDomain, service)
    const { certificate, key } = await issueCertificate(
      await this.authority(),
      { identity, hosts },
      { now, days },
    )
    await this.file(service, { certificate, key })
    return await this.read(service)
  }

  /**
   * A new authority. Until the old one ends, both are believed, and what the old one signed stays in force: nobody is
   * cut off who has not read the new `trust.pem` yet. Issue anew, and only then does the new key count.
   */
  async renewAuthority(now: Date, days: number): Promise<void> {
    const believed = await this.believed()
    const next = await createAuthority(AUTHORITY_NAME, { now, days })
    await this.writeAuthority(
      next,
      believed.filter((pem) => expiryOf(pem) > now),
    )
    for (const { service } of await this.list()) await this.file(service, await this.pairOf(service))
  }

  /** All that was issued, by name. */
  async list(): Promise<readonly FiledCertificate[]> {
    const names = (await readdir(this.path, { withFileTypes: true }))
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => name)
    return await Promise.all(names.toSorted().map((service) => this.read(service)))
  }

  private async read(service: string): Promise<FiledCertificate> {
    const { certificate } = await this.pairOf(service)
    const parsed = new X509Certificate(certificate)
    const authorities = (await this.believed()).map((pem) => new X509Certificate(pem))
    return {
      service,
      identity: identityOf(parsed.subjectAltName) ?? '',
      hosts: hostsOf(parsed.subjectAltName),
      notBefore: new Date(parsed.validFrom),
      notAfter: new Date(parsed.validTo),
      trusted: authorities.some((authority) => parsed.verify(authority.publicKey)),
    }
  }

  private async pairOf(service: string): Promise<KeyedCertificate> {
    return await readCertificates(join(this.path, service))
  }

  private async file(service: string, pair: KeyedCertificate): Promise<void> {
    await swapFolder(join(this.path, service), randomBytes(8).toString('hex'), {
      [certificateFiles.certificate]: pair.certificate,
      [certificateFiles.key]: pair.key,
      [certificateFiles.trust]: (await this.believed()).join(''),
    })
  }

  private async authority(): Promise<KeyedCertificate> {
    if (await this.exists()) return await readCertificates(join(this.path, AUTHORITY))
    throw new CertificateError(`cannot issue a certificate: ${this.path} has no authority`, 'WT_NO_AUTHORITY')
  }

  /** The authorities to believe, the one that signs first. */
  private async believed(): Promise<readonly string[]> {
    const text = (await readIfThere(join(this.path, AUTHORITY, certificateFiles.trust))) ?? ''
    return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? []
  }

  private async writeAuthority(authority: KeyedCertificate, alsoBelieved: readonly string[]): Promise<void> {
    const folder = join(this.path, AUTHORITY)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    await writeWhole(join(folder, certificateFiles.key), authority.key)
    await writeWhole(join(folder, certificateFiles.trust), [authority.certificate, ...alsoBelieved].join(''))
    await writeWhole(join(folder, certificateFiles.certificate), authority.certificate)
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A key that is half written would be worse than the one before. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, path)
}

function hostsOf(subjectAltName: string | undefined): readonly string[] {
  const named = (subjectAltName ?? '').matchAll(/(?:^|, )(?:DNS|IP Address):([^,]+)/g)
  return [...named].map((match) => match[1] ?? '')
}

function expiryOf(pem: string): Date {
  return new Date(new X509Certificate(pem).validTo)
}
