import fc from 'fast-check'
import { redacted } from '../src/logs/redacted.js'
import { SecretNames } from '../src/logs/secret-names.js'

export const SECRET = 'hunter2-is-secret'

const secretName = fc.constantFrom(
  'authorization',
  'Proxy-Authorization',
  'COOKIE',
  'set-cookie',
  'Idempotency-Key',
  'x-api-key',
  'apiKey',
  'password',
  'db_password',
  'accessToken',
  'refresh-token',
  'clientSecret',
  'card',
  'cardNumber',
  'cvv',
)
const secret = fc.oneof(
  fc.constant(SECRET),
  fc.constant([SECRET]),
  fc.constant({ value: SECRET }),
  fc.constant(new Map([['a', SECRET]])),
)
const hiding = fc.oneof(
  fc.tuple(secretName, secret).map(([name, value]) => ({ [name]: value })),
  fc.tuple(secretName, secret).map(([name, value]) => new Map([[name, value]])),
  secretName.map((name) => new Headers([[name, SECRET]])),
  secretName.map((name) => ['accept', '*/*', name, SECRET]),
  secretName.map((name) => [
    ['accept', '*/*'],
    [name, SECRET],
  ]),
  secretName.map((name) => ({ name, value: SECRET })),
  secretName.map((key) => [{ key, value: [SECRET] }]),
  secretName.map((name) => Object.assign(new Error('failed'), { [name]: SECRET })),
  secretName.map((name) => new Error('outer', { cause: { [name]: SECRET } })),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    hiding,
    tie('tree').map((inner) => ({ a: inner, b: 1 })),
    tie('tree').map((inner) => [inner, 'text']),
    tie('tree').map((inner) => new Set([inner])),
  ),
}))

/** Whatever the shape of what is logged, no value under a secret name is in the copy. */
export function expectNoSecret(runs: number): void {
  const names = new SecretNames()
  fc.assert(
    fc.property(tree, (value) => !JSON.stringify(redacted(value, names)).includes('hunter2')),
    { numRuns: runs },
  )
}
