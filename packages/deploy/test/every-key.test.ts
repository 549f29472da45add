import { describe, expect, it } from 'vitest'
import { compiled } from './compiled.js'
import { documentKeys } from './document-keys.js'
import { elsewhere, policyTrial, type Trial, trials } from './trial.js'

type Content = Record<string, unknown>

/** A document that says as little as can be said, for either posture. */
const least = (): Content => ({
  watertight: 'v1',
  system: 'shop',
  policies: { standard: {} },
  services: {
    order: { enforce: 'sidecar', calls: { payment: { policy: 'standard' } } },
    payment: {
      endpoints: ['127.0.0.1:7001', '127.0.0.1:7002', '127.0.0.1:7003', '127.0.0.1:7004'],
      versions: { stable: { port: 7_001 }, canary: { port: 7_002 } },
    },
  },
  gateway: { listen: { port: 8_080 }, routes: [{ match: { path: '/' }, to: 'payment' }] },
})

/** Where a key is tried: in the policy or the service that the least document has. */
function placeOf(key: string): (string | number)[] {
  return key
    .replace(/^policies\.\*/, 'policies.standard')
    .replace(/^services\.\*\.(?=calls|sidecar|enforce|shedding)/, 'services.order.')
    .replace(/^services\.\*/, 'services.payment')
    .replace(/\.(calls|outbound)\.\*/, '.$1.payment')
    .replace('operations.*', 'operations.POST /charges')
    .replace(/(versions|split)\.\*/, '$1.canary')
    .replace('routes[]', 'routes.0')
    .replaceAll('.*', '.x-name')
    .split('.')
    .map((step) => (step === '0' ? 0 : step))
}

function put(content: Content, steps: readonly (string | number)[], value: unknown): void {
  const [first = '', ...rest] = steps
  if (rest.length === 0 && value === undefined) delete content[first]
  else if (rest.length === 0) content[first] = value
  else {
    // A short form gives way to the keys that are to be written.
    if (typeof content[first] !== 'object') content[first] = {}
    put(content[first] as Content, rest, value)
  }
}

/** What Envoy is told, and which keys are reported, for a document with one key more than the least. */
function outcome(key: string, { beside = {} }: Trial, value: unknown, prefix: string) {
  const content = least()
  for (const [other, given] of Object.entries(beside)) put(content, placeOf(`${prefix}${other}`), given)
  put(content, placeOf(key), value)
  const results = [{ sidecar: 'order' }, 'gateway' as const].map((posture) =>
    compiled(content, {
      posture,
      folder: '/etc/envoy',
      ...(key.includes('outbound') ? { outbound: {} } : {}),
    }),
  )
  const names = results.flatMap(({ report }) => report.map((entry) => entry.key))
  return { told: JSON.stringify(results.map(({ bootstrap, files }) => [bootstrap, [...files]])), names }
}

/** Whether an entry of the report speaks of a key: of itself, or of what it is part of. */
function speaksOf(name: string, key: string): boolean {
  return key === name || key.endsWith(`.${name}`) || key.includes(`.${name}.`)
}

const known = documentKeys()
const keys = known.filter((key) => !elsewhere.some(([pattern]) => pattern.test(key)))
const sections = /^(policies\.\*\.|services\.\*\.calls\.\*\.|gateway\.routes\[\]\.|gateway\.)(.*)$/

function trialOf(key: string): { readonly trial: Trial | undefined; readonly prefix: string } {
  if (trials[key] !== undefined) return { trial: trials[key], prefix: '' }
  const [, prefix = '', name = ''] = sections.exec(key) ?? []
  return { trial: policyTrial(name), prefix }
}

describe('a key alone is told to Envoy, or stands in the report:', () => {
  it.each(keys)('%s', (key) => {
    const { trial, prefix } = trialOf(key)
    if (trial === undefined) throw new Error(`nobody says what to try for ${key}: see trial.ts`)
    const all = trial.values.map((value) => outcome(key, trial, value, prefix))
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) {
        const isTold = one.told !== other.told
        const isReported = [...one.names, ...other.names].some((name) => speaksOf(name, key))
        expect([key, isTold || isReported]).toEqual([key, true])
      }
    }
  })
})

it('what is left to others is a key of the document', () => {
  const idle = elsewhere.filter(([pattern]) => !known.some((key) => pattern.test(key)))
  expect(idle).toEqual([])
})
