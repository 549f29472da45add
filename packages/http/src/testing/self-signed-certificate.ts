import { generateKeyPairSync, sign } from 'node:crypto'

/** Both as PEM: what a server of TLS needs, and `cert` what a client must trust (`tls: { ca: cert }`). */
export interface SelfSignedCertificate {
  readonly key: string
  readonly cert: string
}

export interface CertificateOptions {
  /** The host that the certificate names. Default `localhost`. */
  readonly host?: string
  /** A workload that it names beside the host, such as `spiffe://shop/payment`. Default none. */
  readonly identity?: string
  /** Default: the year 2000. */
  readonly notBefore?: Date
  /** Default: the end of 2099. */
  readonly notAfter?: Date
}

/**
 * A certificate for tests that vouches for itself, made afresh, so that no private key lies in a repository and no test
 * breaks on the day that a stored one expires.
 *
 * X.509 v3 (RFC 5280) in DER, written out by hand: a P-256 key, one common name, alternative names.
 */
export function selfSignedCertificate(options: CertificateOptions = {}): SelfSignedCertificate {
  const { host = 'localhost', identity } = options
  const notBefore = options.notBefore?.toISOString() ?? '2000-01-01T00:00:00Z'
  const notAfter = options.notAfter?.toISOString() ?? '2099-12-31T23:59:59Z'
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(set(sequence(objectId('550403'), value(0x0c, Buffer.from(host)))))
  const algorithm = sequence(objectId('2a8648ce3d040302'))
  const names = [value(0x82, Buffer.from(host))]
  if (identity !== undefined) names.push(value(0x86, Buffer.from(identity)))
  const extensions = sequence(sequence(objectId('551d11'), value(0x04, sequence(...names))))
  const body = sequence(
    value(0xa0, value(0x02, Buffer.from([2]))),
    value(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    value(0xa3, extensions),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)])
  const certificate = sequence(body, algorithm, value(0x03, signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  }
}

/** One DER value: its tag, its length in the short or the long form, its content. */
function value(tag: number, content: Buffer): Buffer {
  const { length } = content
  const bytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...bytes]), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return value(0x30, Buffer.concat(parts))
}

function set(...parts: readonly Buffer[]): Buffer {
  return value(0x31, Buffer.concat(parts))
}

function objectId(hex: string): Buffer {
  return value(0x06, Buffer.from(hex, 'hex'))
}

/** GeneralizedTime, which has four digits for the year. */
function time(moment: string): Buffer {
  const digits = moment.replace(/\.\d+/, '').replaceAll(/[-:T]/g, '')
  return value(0x18, Buffer.from(digits))
}
