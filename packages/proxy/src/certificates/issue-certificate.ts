// oxlint-disable-next-line import/no-unassigned-import -- the library needs it to be there before itself
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate and its private key, each as PEM. */
export interface KeyedCertificate {
  readonly certificate: string
  readonly key: string
}

/** From when to when a certificate holds. */
export interface Lifetime {
  readonly now: Date
  readonly days: number
}

export interface Subject {
  /** `spiffe://orders/payment`. */
  readonly identity: string
  /** Host names and addresses by which it is called. */
  readonly hosts: readonly string[]
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 86_400_000
/** A peer's clock may be behind ours by this much. */
const SKEW_MS = 3_600_000

/** A new authority that vouches for itself, for development: its key lies in a file, not in a vault. */
export async function createAuthority(name: string, lifetime: Lifetime): Promise<KeyedCertificate> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(lifetime),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      // It signs workloads and no further authorities.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return await keyed(certificate, keys)
}

/** A certificate for one workload, to serve with and to call with. */
export async function issueCertificate(
  authority: KeyedCertificate,
  subject: Subject,
  lifetime: Lifetime,
): Promise<KeyedCertificate> {
  const issuer = new X509Certificate(authority.certificate)
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    ...validity(lifetime, issuer.notAfter),
    issuer: issuer.subject,
    // No common name: hosts are matched by the alternative names alone (RFC 9525, section 2).
    subject: [{ O: ['watertight development'] }],
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority),
    signingAlgorithm: ALGORITHM,
    extensions: await workloadExtensions(issuer, keys.publicKey, subject),
  })
  return await keyed(certificate, keys)
}

async function workloadExtensions(
  issuer: X509Certificate,
  publicKey: webcrypto.CryptoKey,
  { identity, hosts }: Subject,
): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new SubjectAlternativeNameExtension([
      { type: 'url', value: identity },
      ...hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
    ]),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(issuer),
  ]
}

function validity({ now, days }: Lifetime, latest?: Date): { notBefore: Date; notAfter: Date } {
  const end = now.getTime() + days * DAY_MS
  return {
    notBefore: new Date(now.getTime() - SKEW_MS),
    // A certificate that outlives its authority would fail on a day that it does not name.
    notAfter: new Date(Math.min(end, latest?.getTime() ?? end)),
  }
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

async function signingKey({ key }: KeyedCertificate): Promise<webcrypto.CryptoKey> {
  return await crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(key), ALGORITHM, false, ['sign'])
}

async function keyed(
  certificate: X509Certificate,
  { privateKey }: webcrypto.CryptoKeyPair,
): Promise<KeyedCertificate> {
  const der = await crypto.subtle.exportKey('pkcs8', privateKey)
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(der, 'PRIVATE KEY')}\n`,
  }
}
