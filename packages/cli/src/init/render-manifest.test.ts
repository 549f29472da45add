import { checkManifest, readManifest } from '@watertight/manifest'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { orderCalls } from './call-order.js'
import { renderManifest } from './render-manifest.js'
import { manifestName, type ServiceSketch, type SystemSketch } from './system-sketch.js'

const NAMES = ['gateway', 'order', 'payment', 'bank', 'stock', 'db', 'cache']

const absent = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })
const path = fc.stringMatching(/^\/[^\s]{0,20}$/)
const text = fc.string({ minLength: 1, maxLength: 30 }).filter((given) => given.trim() !== '')

/** Any service that a reader of somebody else's files may come up with. */
function service(name: string): fc.Arbitrary<ServiceSketch> {
  const fields = {
    description: absent(text),
    run: absent(text.map((given) => `node ${given}`)),
    port: absent(fc.integer({ min: 1, max: 9 })),
    live: absent(path),
    ready: absent(path),
    replicasMin: absent(fc.integer({ min: 0, max: 3 })),
    replicasMax: absent(fc.integer({ min: 3, max: 9 })),
    cpu: absent(fc.constantFrom('70%', '100%')),
    drain: absent(fc.constantFrom('20s', '1m')),
    calls: fc.subarray(NAMES.filter((other) => other !== name)),
    kind: fc.constantFrom('service', 'datastore', 'telemetry'),
  }
  return fc.record(fields).map(
    (made) =>
      ({
        name,
        ...Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)),
      }) as ServiceSketch,
  )
}

const system: fc.Arbitrary<SystemSketch> = fc
  .subarray(NAMES, { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(service)))
  .chain((services) =>
    fc.record({ system: text.map(manifestName), services: fc.constant(services), notes: fc.array(text) }),
  )

it('writes a manifest without an error, whatever the sketch holds', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(system, (sketch) => {
      const { findings } = checkManifest(renderManifest(sketch))
      const severe = findings.filter(
        // In which order a service makes its calls, no file tells.
        ({ severity, code }) =>
          severity === 'error' ||
          (/^WT-(RETRY|TIMEOUT|ISOLATION)/.test(code) && code !== 'WT-TIMEOUT-CALL-ORDER'),
      )
      expect(severe).toEqual([])
    }),
  )
})

it('keeps every call that does not close a circle, and says which it left out', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(system, (sketch) => {
      const model = readManifest(renderManifest(sketch), 'watertight.yaml').system?.model
      const order = orderCalls(sketch)
      const called = sketch.services.filter(({ kind }) => kind !== 'telemetry')
      const names = new Set(called.map(({ name }) => name))
      for (const { name, calls, kind } of sketch.services) {
        const written = model?.services.get(name)?.calls.map(({ to }) => to) ?? []
        const known = kind === 'service' ? calls.filter((callee) => names.has(callee)) : []
        expect([...written, ...order.dropped(name)].sort()).toEqual([...known].sort())
      }
    }),
  )
})

it('lets each caller wait longer than the services behind the callee take', () => {
  const chain = ['a', 'b', 'c', 'd', 'e'].map((name, index, all): ServiceSketch => ({
    name,
    kind: 'service',
    calls: all.slice(index + 1, index + 2),
  }))
  const written = renderManifest({ system: 'chain', services: chain, notes: [] })
  const model = readManifest(written, 'watertight.yaml').system?.model
  expect(model?.calls.map(({ policy }) => policy.timeout?.totalMs)).toEqual([6_000, 5_000, 4_000, 3_000])
  expect(model?.calls.map(({ policy }) => policy.retry?.attempts ?? 1)).toEqual([1, 1, 1, 2])
})

it('retries no call to a service that so many ways lead to that second tries would be a storm', () => {
  const attempts = (middle: number): (number | undefined)[] => {
    const between = Array.from({ length: middle }, (_, index) => `between-${index}`)
    const services = [
      { name: 'front', kind: 'service' as const, calls: between },
      ...between.map((name) => ({ name, kind: 'service' as const, calls: ['bank'] })),
      { name: 'bank', kind: 'service' as const, calls: ['db'] },
      { name: 'db', kind: 'datastore' as const, calls: [] },
    ]
    const written = renderManifest({ system: 'fan', services, notes: [] })
    expect(checkManifest(written).findings.filter(({ code }) => code.startsWith('WT-RETRY'))).toEqual([])
    const model = readManifest(written, 'watertight.yaml').system?.model
    return (model?.calls ?? []).filter(({ to }) => to === 'bank').map(({ policy }) => policy.retry?.attempts)
  }
  expect(attempts(5)).toEqual(Array.from({ length: 5 }, () => 2))
  expect(attempts(6)).toEqual(Array.from({ length: 6 }, () => undefined))
  expect(attempts(12)).toEqual(Array.from({ length: 12 }, () => undefined))
})

it('names the schema for editors on the first line', () => {
  const services: ServiceSketch[] = [{ name: 'order', kind: 'service', calls: [] }]
  const sketch = { system: 'shop', services, notes: [] }
  const [first] = renderManifest(sketch, { schema: './watertight.schema.json' }).split('\n')
  expect(first).toBe('# yaml-language-server: $schema=./watertight.schema.json')
})

it('gives every container its true port, and says so only of processes that would share one machine', () => {
  const sketch = (run: string | undefined): SystemSketch => ({
    system: 'shop',
    notes: [],
    services: ['order', 'payment'].map((name) => ({
      name,
      kind: 'service',
      port: 8080,
      calls: [],
      ...(run === undefined ? {} : { run }),
    })),
  })
  const { system: containers } = readManifest(renderManifest(sketch(undefined)), 'watertight.yaml')
  expect([...(containers?.model.services.values() ?? [])].map(({ document }) => document.port)).toEqual([
    8080, 8080,
  ])
  const processes = renderManifest(sketch('node main.js'))
  expect(processes).toContain('# port: 8080 is the port of order too: give it one of its own')
  expect(checkManifest(processes).findings.map(({ code }) => code)).not.toContain('WT-DOC-PORT-CLASH')
})
