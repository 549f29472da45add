import { describe, expect, it } from 'vitest'
import { explainEvent } from '../src/explain/explain-event.js'
import { explainSaga } from '../src/explain/explain-saga.js'
import { renderEvent } from '../src/explain/render-event.js'
import { renderSaga } from '../src/explain/render-saga.js'
import { checkManifest } from '../src/findings/check-manifest.js'
import { renderGraph } from '../src/graph/render-graph.js'
import { readManifest } from '../src/reading/read-manifest.js'

const documentOf = (rest: string, services: string = '{ order: {}, payment: {} }'): string =>
  `watertight: v1\nsystem: shop\nservices: ${services}\n${rest}\n`

function messages(text: string, code: string): string[] {
  const { findings } = checkManifest(text)
  const unread = findings.filter(({ code: other }) =>
    /^WT-DOC-(SYNTAX|VALUE|UNKNOWN-KEY|NOT-MANIFEST)/.test(other),
  )
  expect(unread.map(({ message }) => message)).toEqual([])
  return findings.filter((finding) => finding.code === code).map(({ message }) => message)
}

const saga = (steps: string, more: string = ''): string =>
  documentOf(`sagas: { place-order: { ${more} steps: [${steps}] } }`)

describe('a step that nothing undoes', () => {
  const code = 'WT-DATA-SAGA-NO-COMPENSATION'
  it.each([
    ['a later step fails', '{ name: a }, { name: b, compensate: x }', 1],
    ['the later one only looks, and may find nothing', '{ name: a }, { name: b, readOnly: true }', 1],
    [
      'the later one cannot be undone either, and so is asked until it answers',
      '{ name: a }, { name: b }',
      0,
    ],
    ['the later one may be left out', '{ name: a }, { name: b, optional: true }', 0],
    ['the later one is a wait of fixed length', '{ name: a }, { name: b, sleep: 1m }', 0],
    ['a signal is waited for without a limit', '{ name: a }, { name: b, signal: paid }', 0],
    ['a signal may not come in time', '{ name: a }, { name: b, signal: paid, timeout: 1m }', 1],
    ['it changes nothing', '{ name: a, readOnly: true }, { name: b }', 0],
    ['it is another saga, which is undone with this one', '{ name: a, saga: place-order }, { name: b }', 0],
    [
      'one that starts with it fails',
      '{ name: both, parallel: [{ name: a }, { name: b, compensate: c }] }',
      1,
    ],
    [
      'those that start with it may be left out',
      '{ name: both, parallel: [{ name: a }, { name: b, optional: true, compensate: c }] }',
      0,
    ],
  ])('when %s', (_story, steps, count) => {
    expect(messages(saga(steps), code)).toHaveLength(count)
  })

  it.each([
    ['cannot be undone', '{ name: x, compensate: y }, { name: z }', 1],
    ['can be undone', '{ name: x, compensate: y }', 0],
    ['has one that cannot be undone inside', '{ name: x, saga: innermost }', 1],
  ])('is a saga that %s, before one that can fail', (_story, steps, count) => {
    const sagas = (outer: string) =>
      documentOf(
        `sagas: { place-order: { steps: [${outer}] }, inner: { steps: [${steps}] }, innermost: { steps: [{ name: i }] } }`,
      )
    const found = messages(sagas('{ name: a, saga: inner }, { name: b, compensate: c }'), code)
    const told = 'step a of saga place-order cannot be undone when b fails after it'
    expect(found).toEqual(count === 0 ? [] : [told])
    expect(messages(sagas('{ name: b, compensate: c }, { name: a, saga: inner }'), code)).toEqual([])
  })

  it('by events is any but the last, since each may say no', () => {
    expect(messages(saga('{ name: a }, { name: b }', 'engine: events,'), code)).toHaveLength(1)
  })
})

it('a saga by events has nobody who waits: its deadline, signals and sleeps are told of, and not that it turns back', () => {
  const steps = '{ name: a, compensate: x }, { name: paid, signal: paid }, { name: rest, sleep: 1h }'
  const text = saga(steps, 'engine: events, deadline: 30m,')
  expect(messages(text, 'WT-DATA-SAGA-NOBODY-WAITS')).toEqual([
    'nobody turns saga place-order back after 30m: with engine: events nobody directs it',
    'nobody waits in step paid of saga place-order: with engine: events a step begins with the event of the one before',
    'nobody waits in step rest of saga place-order: with engine: events a step begins with the event of the one before',
  ])
  expect(messages(text, 'WT-DATA-SAGA-OUTLIVES-DEADLINE')).toEqual([])
  const others = text.replace('engine: events', 'engine: store')
  expect(messages(others, 'WT-DATA-SAGA-NOBODY-WAITS')).toEqual([])
})

it.each([
  ['', 1],
  ['broker: postgres', 0],
  ['broker: { env: KAFKA_URL }', 0],
])('an event that fails has its place in the store where Watertight carries it: %s', (broker, count) => {
  const services =
    '{ order: { publishes: [paid], outbox: {} }, payment: { consumes: { paid: { idempotent: inbox } } } }'
  expect(messages(documentOf(broker, services), 'WT-DATA-NO-DEAD-LETTER')).toHaveLength(count)
})

describe('a saga and its deadline', () => {
  const code = 'WT-DATA-SAGA-OUTLIVES-DEADLINE'
  const step = 'timeout: 10s, retry: { attempts: 3, backoff: { initial: 1s, max: 1500ms } }'
  it.each([
    // 3 x 10 s and waits of 1 s and 1.5 s.
    ['to the millisecond', `{ name: a, ${step} }`, '32500ms', 0],
    ['one millisecond less', `{ name: a, ${step} }`, '32499ms', 1],
    ['two steps add up', `{ name: a, compensate: x, ${step} }, { name: b, ${step} }`, '64s', 1],
    [
      'two at once count once',
      `{ name: ab, parallel: [{ name: a, compensate: x, ${step} }, { name: b, compensate: x, ${step} }] }`,
      '33s',
      0,
    ],
    ['a wait counts', `{ name: a, sleep: 1h }`, '59m', 1],
    ['a signal without a limit is limited by the deadline', `{ name: a, signal: paid }`, '1s', 0],
  ])('%s', (_story, steps, deadline, count) => {
    expect(messages(saga(steps, `deadline: ${deadline},`), code)).toHaveLength(count)
  })

  it('tells both times, and the step that takes longest', () => {
    expect(messages(saga(`{ name: a, ${step} }`, 'deadline: 5s,'), code)).toEqual([
      'saga place-order may take 32.5s and turns back after 5s, while tries are left; step a alone may take 32.5s',
    ])
  })
})

describe('names of stores, events and sagas', () => {
  const code = 'WT-DOC-UNKNOWN-REFERENCE'
  it('are looked for where there is such a section', () => {
    const stores = documentOf(
      'stores: { main: embedded }',
      '{ order: { store: mian, idempotency: { store: keys } } }',
    )
    expect(messages(stores, code)).toEqual(['there is no store mian', 'there is no store keys'])
    const events = '{ order: { publishes: [order-crated], consumes: { paid: { idempotent: inbox } } } }'
    expect(messages(documentOf('events: { order-created: {} }', events), code)).toEqual([
      'there is no event order-crated',
      'there is no event paid',
    ])
    expect(messages(documentOf('', events), code)).toEqual([])
    expect(messages(saga('{ name: a, saga: other, service: order }'), code)).toEqual([
      'there is no saga other',
    ])
  })

  it.each([
    ['embedded', true],
    ['postgres://127.0.0.1/shop', true],
    ['redis+sentinel://127.0.0.1:26379/keys', true],
    ['pglite:./data', true],
    ['{ env: DATABASE_URL }', true],
    ['mysql://127.0.0.1/shop', false],
    ['{ env: A, url: embedded }', false],
    ['{}', false],
  ])('a store may be %s: %s', (store, isGood) => {
    const { findings } = checkManifest(documentOf(`stores: { main: ${store} }`))
    expect(findings.filter(({ severity }) => severity === 'error').length === 0).toBe(isGood)
  })
})

const explained = `watertight: v1
system: shop
stores: { main: embedded }
events: { order-created: { key: orderId, schema: ./order.json, version: 2 } }
services:
  order: { publishes: [order-created], store: main, outbox: { relay: self } }
  payment: {}
  shipping:
    store: main
    consumes: { order-created: { idempotent: inbox, deadLetter: lost, retry: { attempts: 8 } } }
sagas:
  place-order:
    service: order
    deadline: 5m
    steps:
      - { name: charge, service: payment, operation: POST /charges, compensate: POST /refunds, timeout: 5s }
      - { name: settled, signal: payment-settled, timeout: 1m }
      - { name: fulfil, parallel: [{ name: ship, service: shipping }, { name: points, optional: true }] }
`

it('a saga and an event are explained, with where each value comes from, in 80 columns', async () => {
  const { system, source } = readManifest(explained, 'watertight.yaml')
  if (system === undefined) throw new Error('the test document is not readable')
  const text =
    renderSaga(explainSaga({ ...system, source }, 'place-order')) +
    renderEvent(explainEvent({ ...system, source }, 'order-created'))
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  await expect(text).toMatchFileSnapshot('golden/explain-data.txt')
  expect(() => explainSaga({ ...system, source }, 'place-oder')).toThrow('did you mean place-order?')
  expect(() => explainEvent({ ...system, source }, 'order-crated')).toThrow('did you mean order-created?')
})

it('the graph shows who runs a saga and what its steps do', () => {
  const { system } = readManifest(explained, 'watertight.yaml')
  if (system === undefined) throw new Error('the test document is not readable')
  const { nodes, edges } = JSON.parse(renderGraph(system.model, 'json')) as {
    nodes: unknown[]
    edges: unknown[]
  }
  expect(nodes).toContainEqual({ name: 'place-order', kind: 'saga' })
  expect(edges).toContainEqual({ from: 'order', to: 'place-order', kind: 'runs', label: '', optional: false })
  const label = '1 charge / POST /refunds'
  expect(edges).toContainEqual({ from: 'place-order', to: 'payment', kind: 'step', label, optional: false })
  expect(renderGraph(system.model, 'mermaid')).toContain('[["place-order"]]')
  expect(renderGraph(system.model, 'dot')).toContain('shape=component')
})

it('the graph shows what each service keeps in which store', () => {
  const text = `watertight: v1
system: shop
stores: { shop: embedded, keys: { env: KEYS_URL }, copies: redis }
services:
  order: { store: shop, idempotency: {} }
  payment: { store: shop, idempotency: { store: keys, cache: copies } }
  shop: {}
`
  const { system } = readManifest(text, 'watertight.yaml')
  if (system === undefined) throw new Error('the test document is not readable')
  const { nodes, edges } = JSON.parse(renderGraph(system.model, 'json')) as {
    nodes: { kind: string }[]
    edges: { kind: string; from: string; to: string; label: string }[]
  }
  expect(nodes.filter(({ kind }) => kind === 'store')).toHaveLength(3)
  const kept = edges.filter(({ kind }) => kind === 'keeps')
  expect(kept.map(({ from, to, label }) => `${from} ${to}: ${label}`)).toEqual([
    'order shop: data, keys',
    'payment shop: data',
    'payment keys: keys',
    'payment copies: copies of answers',
  ])
  // A service may have the name of a store.
  expect(renderGraph(system.model, 'mermaid')).toContain('n0 -->|"data, keys"| n3')
  expect(renderGraph(system.model, 'dot')).toContain('n3 [label="shop", shape=cylinder]')
})
