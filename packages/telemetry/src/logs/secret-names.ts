/**
 * Names under which secrets travel: header names, fields of bodies, query parameters. Compared without case and without
 * punctuation, so that `X-API-Key`, `x_api_key` and `xApiKey` are one.
 */
const NAMES: readonly string[] = [
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'idempotencykey',
  'apikey',
  'xapikey',
  'accesskey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'clientkey',
  'signature',
  'jwt',
  'bearer',
  'otp',
  'pin',
  'ssn',
  'iban',
  'cvv',
  'cvc',
  'cvv2',
  'cvc2',
  'pan',
  'securitycode',
  'card',
  'creditcard',
  'auth',
  'sid',
  'sessionid',
  'connectsid',
  'phpsessid',
  'jsessionid',
  'pass',
  'userpass',
  'dbpass',
  'pem',
]

/** Parts that make any name secret: `db_password`, `accessTokenValue`, `clientSecret`, `cardNumber`. */
const PARTS =
  /passw(or)?d|passwd|pwd|passphrase|passcode|secret|token|credential|apikey|privatekey|accesskey|authorization|cookie|cardnumber|creditcard|cardholder|sessionkey|xauth/

/** Parts of names that look like secrets and are none, and that somebody who reads logs needs. */
const HARMLESS = /^(token(type|count|limit|bucket)|(max|input|output|total)tokens|secretname)$/

const NAME_CHARACTERS_MAX = 100

/** Names repeat from line to line; beyond this many different ones they are judged anew each time. */
const REMEMBERED_MAX = 1_000

/** Tells names of secrets from others. */
export class SecretNames {
  readonly #more: ReadonlySet<string>
  readonly #remembered: Map<string, boolean> = new Map()

  /** @param more further names, in any case and punctuation */
  constructor(more: readonly string[] = []) {
    this.#more = new Set(more.map(plainName))
  }

  /** Whether what stands under this name is not for logs. */
  has(name: string): boolean {
    const known = this.#remembered.get(name)
    if (known !== undefined) return known
    const judged = this.#judge(plainName(name))
    if (this.#remembered.size < REMEMBERED_MAX && name.length <= NAME_CHARACTERS_MAX) {
      this.#remembered.set(name, judged)
    }
    return judged
  }

  #judge(plain: string): boolean {
    if (this.#more.has(plain)) return true
    if (HARMLESS.test(plain)) return false
    return SECRET_NAMES.has(plain) || PARTS.test(plain)
  }
}

function plainName(name: string): string {
  return name
    .slice(0, NAME_CHARACTERS_MAX)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

const SECRET_NAMES: ReadonlySet<string> = new Set(NAMES)
