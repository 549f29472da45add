import type { EdgeStand, ReplicaStand, ServiceStand, Snapshot } from '@watertight/console'
import { Ajv } from 'ajv'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { outputSchema } from '../schema/output-schemas.js'
import { isMeasured, topRows } from './top-rows.js'
import { topScreen } from './top-screen.js'

const replica = (name: string, changed: Partial<ReplicaStand> = {}): ReplicaStand => ({
  name,
  kind: 'service',
  state: 'ready',
  pid: 7,
  port: 7_001,
  restarts: 0,
  upForMs: 5_000,
  cpu: 0.124,
  memoryBytes: 100 * 1_048_576,
  ...changed,
})

const service = (name: string, changed: Partial<ServiceStand> = {}): ServiceStand => ({
  name,
  kind: 'service',
  description: null,
  level: 'ok',
  because: [],
  objectives: [],
  signals: {
    known: true,
    value: {
      ratePerSecond: 49.96,
      errorShare: 0,
      p50Ms: 3.14,
      p95Ms: 20,
      p99Ms: 1_234,
      saturation: null,
      saturationOf: null,
      inFlight: null,
      queued: null,
    },
  },
  replicas: { known: true, value: [replica(name)] },
  ...changed,
})

const edge = (from: string, to: string, breaker: 'closed' | 'open' | null, notTold: string | null = null) =>
  ({ id: `${from}>${to}`, from, to, signals: { known: true, value: { breaker, notTold } } }) as EdgeStand

const snapshot = (services: readonly ServiceStand[], edges: readonly EdgeStand[] = []): Snapshot =>
  ({
    system: 'shop',
    at: new Date(2026, 10, 29, 12, 3, 4).getTime(),
    windowMs: 10_000,
    sources: [{ kind: 'supervisor', state: 'ok' }],
    services,
    edges,
  }) as unknown as Snapshot

const plain = picocolors.createColors(false)
const shown = (what: Snapshot, columns = 100, lines = 40) =>
  topScreen(what, { columns, lines, colours: plain }).join('\n')

const IN_TROUBLE = snapshot(
  [
    service('order', {
      replicas: { known: true, value: [replica('order'), replica('order-2', { state: 'starting' })] },
    }),
    service('payment', {
      level: 'critical',
      because: ['the breaker of order is open'],
      replicas: { known: true, value: [replica('payment'), replica('payment-sidecar', { kind: 'sidecar' })] },
    }),
    service('bank', {
      kind: 'external',
      signals: { known: false, source: 'document', reason: 'not ours' },
      replicas: { known: false, source: 'document', reason: 'not ours' },
    }),
  ],
  [edge('order', 'payment', 'open'), edge('mobile', 'payment', 'closed'), edge('payment', 'bank', 'closed')],
)

test('a row a service: its processes, its numbers, the breakers of who calls it, and below why something is not well', () => {
  expect(shown(IN_TROUBLE)).toBe(
    `shop  12:03:04  last 10 s  1 of 3 in trouble

  SERVICE  READY  STATE     CPU  MEMORY    RATE  GOOD    P50   P99  BREAKER
  order      1/2  starting  25%    200M  50.0/s  100%  3.1ms  1.2s  -
!!payment    1/1  ready     25%    200M  50.0/s  100%  3.1ms  1.2s  open from order
  bank         -  -           -       -       -     -      -     -  closed

payment: the breaker of order is open`,
  )
})

test('a narrow terminal loses whole columns, the least important first, and no line is wider than it', () => {
  for (let columns = 40; columns <= 100; columns += 1)
    for (const line of shown(IN_TROUBLE, columns).split('\n'))
      expect(line.length).toBeLessThanOrEqual(columns)
  const heads = [100, 70, 60, 50, 40].map((columns) => shown(IN_TROUBLE, columns).split('\n')[2]?.trim())
  expect(heads).toEqual([
    'SERVICE  READY  STATE     CPU  MEMORY    RATE  GOOD    P50   P99  BREAKER',
    'SERVICE  READY  STATE     CPU    RATE  GOOD   P99  BREAKER',
    'SERVICE  READY    RATE  GOOD   P99  BREAKER',
    'SERVICE    RATE  GOOD   P99  BREAKER',
    'SERVICE    RATE  GOOD  BREAKER',
  ])
})

test('a short terminal says how much it leaves out', () => {
  const many = snapshot(Array.from({ length: 30 }, (_, index) => service(`s-${index}`)))
  const lines = shown(many, 100, 12).split('\n')
  expect(lines).toHaveLength(12)
  expect(lines.at(-1)).toBe('... and 22 lines more')
})

test('almost all is not all, and what cannot be asked is said', () => {
  const [known] = [service('order').signals]
  if (!known.known) return
  const signals = { known: true as const, value: { ...known.value, errorShare: 0.0001 } }
  const gone = {
    ...snapshot([service('order', { signals })]),
    sources: [{ kind: 'supervisor', state: 'failing', reason: 'it is gone' }],
  }
  const text = shown(gone as unknown as Snapshot)
  expect(text).toContain('99.9%')
  expect(text).toContain('the system cannot be asked: it is gone')
})

test('it is measured once processes and rates are, and what tells nothing is not waited for', () => {
  expect(isMeasured(IN_TROUBLE)).toBe(true)
  expect(
    isMeasured(
      snapshot([service('order', { replicas: { known: true, value: [replica('order', { cpu: null })] } })]),
    ),
  ).toBe(false)
  const silent = service('tax', {
    signals: { known: false, source: 'metrics', reason: 'GET /metrics answers 404' },
  })
  expect(isMeasured(snapshot([silent]))).toBe(true)
  expect(topRows(snapshot([silent]))[0]).toMatchObject({ ratePerSecond: null, successShare: null, ready: 1 })
})

test('as JSON a row has the published shape', () => {
  const services = topRows(IN_TROUBLE)
  const line = { schemaVersion: 1, ok: true, at: 5, system: 'shop', windowMs: 10_000, services }
  const isShape = new Ajv().compile(JSON.parse(outputSchema('top')) as object)
  expect({ isShape: isShape(line), errors: isShape.errors }).toEqual({ isShape: true, errors: null })
  expect(services[1]?.breakers).toEqual([
    { from: 'order', state: 'open' },
    { from: 'mobile', state: 'closed' },
  ])
})

test('what whoever measures a call does not tell is said once, whole, below the table', () => {
  const edges = ['order', 'tax'].map((to) =>
    edge('gateway', to, null, 'measured by Envoy: it has no circuit breaker'),
  )
  const lines = shown({ ...IN_TROUBLE, edges }, 40).split('\n')
  const at = lines.indexOf('gateway: measured by Envoy: it has no')
  expect(at).toBeGreaterThan(0)
  expect(lines[at + 1]).toBe('circuit breaker')
  expect(lines.filter((line) => line.startsWith('gateway:'))).toHaveLength(1)
})
